import { errorOf, fail, succeed, type StructuredOutcome } from '@aos/contracts';
import { z } from 'zod';
import type { ChatAnswer } from '../../domain/chat/chat-answer.ts';
import type { AssistantPart } from '../../domain/chat/chat-part.ts';
import type { JsonObject } from '../../domain/chat/json-value.ts';
import { anthropicUsage, fromAnthropicUsage } from './read-usage.ts';
import { fromAnthropicStopReason } from './stop-reasons.ts';

const anthropicBlock = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text'), text: z.string() }),
  z.object({ type: z.literal('thinking'), thinking: z.string(), signature: z.string().nullish() }),
  z.object({ type: z.literal('redacted_thinking'), data: z.string() }),
  z.object({ type: z.literal('tool_use'), id: z.string(), name: z.string(), input: z.json() }),
]);

const anthropicMessage = z.object({
  id: z.string().max(200),
  model: z.string().max(200),
  content: z.array(z.record(z.string(), z.json())),
  stop_reason: z.string().nullable(),
  stop_sequence: z.string().nullish(),
  usage: anthropicUsage.required({ input_tokens: true }),
});

/** A message of Anthropic's protocol in no provider's dialect. */
export function fromAnthropicMessage(message: unknown): StructuredOutcome<ChatAnswer> {
  const read = anthropicMessage.safeParse(message);
  if (!read.success)
    return fail(errorOf('upstream_error', "the provider's answer does not keep its protocol"));
  const { id, model, content, stop_reason: stopReason, stop_sequence: stopSequence, usage } = read.data;
  return succeed({
    id,
    responseModel: model,
    content: content.map(partOf),
    stopReason: fromAnthropicStopReason(stopReason),
    ...(typeof stopSequence === 'string' && { stopSequence }),
    usage: fromAnthropicUsage(usage),
  });
}

/** A block of a kind that is not known here is kept as it is. */
function partOf(value: JsonObject): AssistantPart {
  const block = anthropicBlock.safeParse(value).data;
  switch (block?.type) {
    case 'text':
      return { type: 'text', text: block.text };
    case 'thinking':
      return {
        type: 'thinking',
        text: block.thinking,
        ...(typeof block.signature === 'string' && { signature: block.signature }),
      };
    case 'redacted_thinking':
      return { type: 'hidden_thinking', data: block.data };
    case 'tool_use':
      return { type: 'tool_use', id: block.id, name: block.name, inputJson: JSON.stringify(block.input) };
    case undefined:
      return { type: 'foreign', dialect: 'anthropic', value };
  }
}
