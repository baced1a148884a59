import {
  JSON_DEPTH_MAX,
  errorOf,
  fail,
  isDeeperThan,
  succeed,
  type LlmCompletion,
  type StructuredOutcome,
} from '@aos/contracts';
import { z } from 'zod';
import type { ProviderAnswer } from '../../application/ports.ts';

const tokens = z.int().nonnegative();

/** What of a message is read; blocks of other kinds (thinking) are passed over. */
const anthropicMessage = z.object({
  model: z.string().max(200),
  content: z.array(
    z.looseObject({ type: z.string(), text: z.string().optional(), input: z.json().optional() }),
  ),
  stop_reason: z.string().nullable(),
  usage: z.object({
    input_tokens: tokens,
    cache_creation_input_tokens: tokens.nullish(),
    cache_read_input_tokens: tokens.nullish(),
    output_tokens: tokens,
  }),
});

type Block = z.infer<typeof anthropicMessage>['content'][number];

const STOP_REASONS: Readonly<Record<string, ProviderAnswer['stopReason']>> = {
  end_turn: 'end_turn',
  // The tool is the form of the answer.
  tool_use: 'end_turn',
  max_tokens: 'max_tokens',
  model_context_window_exceeded: 'max_tokens',
  stop_sequence: 'stop_sequence',
  refusal: 'refusal',
};

/** A message of Anthropic's protocol in no provider's dialect. */
export function fromAnthropicMessage(
  message: unknown,
  { hasSchema }: { hasSchema: boolean },
): StructuredOutcome<ProviderAnswer> {
  const read = anthropicMessage.safeParse(message);
  if (!read.success)
    return fail(errorOf('upstream_error', "the provider's answer does not keep its protocol"));
  const { model, content: blocks, stop_reason: stopReason, usage } = read.data;
  const content = blocks.map(({ type, text = '' }) => (type === 'text' ? text : '')).join('');
  return succeed({
    responseModel: model,
    content,
    parsed: hasSchema ? objectOf(blocks, content) : null,
    stopReason: STOP_REASONS[stopReason ?? ''] ?? 'other',
    usage: {
      freshInputTokens: usage.input_tokens,
      cacheReadTokens: usage.cache_read_input_tokens ?? 0,
      cacheWriteTokens: usage.cache_creation_input_tokens ?? 0,
      outputTokens: usage.output_tokens,
    },
  });
}

/** The input of the tool; of a model that did not call it, the JSON of its text. */
function objectOf(blocks: readonly Block[], text: string): LlmCompletion['parsed'] {
  const called = blocks.find(({ type }) => type === 'tool_use');
  const found = called === undefined ? jsonIn(text) : called.input;
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return null;
  return isDeeperThan(found, JSON_DEPTH_MAX) ? null : found;
}

/** From the first brace to the last, as models like to put words or a fence around it. */
function jsonIn(text: string): LlmCompletion['parsed'] {
  const object = text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1);
  try {
    return JSON.parse(object);
  } catch {
    return null;
  }
}
