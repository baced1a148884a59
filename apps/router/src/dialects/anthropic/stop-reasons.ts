import type { StopReason } from '../../domain/chat/chat-answer.ts';

const STOP_REASONS: Readonly<Record<string, StopReason>> = {
  end_turn: 'end_turn',
  tool_use: 'tool_use',
  max_tokens: 'max_tokens',
  model_context_window_exceeded: 'max_tokens',
  stop_sequence: 'stop_sequence',
  refusal: 'refusal',
  pause_turn: 'pause',
};

export function fromAnthropicStopReason(reason: string | null): StopReason {
  return STOP_REASONS[reason ?? ''] ?? 'other';
}
