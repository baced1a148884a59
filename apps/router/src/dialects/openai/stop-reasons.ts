import type { StopReason } from '../../domain/chat/chat-answer.ts';

const STOP_REASONS: Readonly<Record<string, StopReason>> = {
  stop: 'end_turn',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  function_call: 'tool_use',
  content_filter: 'refusal',
};

export function fromOpenAiFinishReason(reason: string | null): StopReason {
  return STOP_REASONS[reason ?? ''] ?? 'other';
}
