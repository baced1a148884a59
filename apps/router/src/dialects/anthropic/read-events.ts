import { errorOf, type ErrorSpec } from '@aos/contracts';
import { z } from 'zod';
import type { ChatEvent, PartDelta, StartedPart } from '../../domain/chat/chat-event.ts';
import type { JsonObject } from '../../domain/chat/json-value.ts';
import type { Usage } from '../../domain/pricing.ts';
import { anthropicUsage, fromAnthropicUsage } from './read-usage.ts';
import { fromAnthropicStopReason } from './stop-reasons.ts';

const startedBlock = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text') }),
  z.object({ type: z.literal('thinking') }),
  z.object({ type: z.literal('redacted_thinking'), data: z.string() }),
  z.object({ type: z.literal('tool_use'), id: z.string(), name: z.string() }),
]);

const blockDelta = z.discriminatedUnion('type', [
  z.object({ type: z.literal('text_delta'), text: z.string() }),
  z.object({ type: z.literal('thinking_delta'), thinking: z.string() }),
  z.object({ type: z.literal('signature_delta'), signature: z.string() }),
  z.object({ type: z.literal('input_json_delta'), partial_json: z.string() }),
]);

const streamEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('message_start'),
    message: z.object({ id: z.string(), model: z.string(), usage: anthropicUsage }),
  }),
  z.object({ type: z.literal('content_block_start'), content_block: z.record(z.string(), z.json()) }),
  z.object({ type: z.literal('content_block_delta'), delta: z.record(z.string(), z.json()) }),
  z.object({ type: z.literal('content_block_stop') }),
  z.object({
    type: z.literal('message_delta'),
    delta: z.object({ stop_reason: z.string().nullable(), stop_sequence: z.string().nullish() }),
    usage: anthropicUsage,
  }),
  z.object({ type: z.literal('message_stop') }),
]);

const BROKEN = errorOf('upstream_error', "the provider's stream does not keep its protocol");
const CUT = errorOf('upstream_error', 'the provider was lost in mid-answer');

/** Reads a stream of Anthropic's protocol, event by event. */
export class AnthropicEvents {
  #usage: Usage | undefined;
  #end: Extract<ChatEvent, { type: 'end' }> | undefined;
  #isOver = false;

  /** What one event of the provider says; pings and what is not known say nothing. */
  read(event: unknown): ChatEvent[] {
    const read = streamEvent.safeParse(event);
    if (!read.success) return isKnown(event) ? this.fail(BROKEN) : [];
    const { data } = read;
    switch (data.type) {
      case 'message_start':
        this.#usage = fromAnthropicUsage(data.message.usage);
        return [{ type: 'start', id: data.message.id, responseModel: data.message.model }];
      case 'content_block_start':
        return [{ type: 'part.start', part: startedPart(data.content_block) }];
      case 'content_block_delta':
        return deltasOf(data.delta).map((delta) => ({ type: 'part.delta', delta }));
      case 'content_block_stop':
        return [{ type: 'part.end' }];
      case 'message_delta':
        this.#keepEnd(data);
        return [];
      case 'message_stop':
        return this.close();
    }
  }

  /** The provider's stream is over: an answer without its end was cut. */
  close(): ChatEvent[] {
    if (this.#end === undefined) return this.fail(CUT);
    if (this.#isOver) return [];
    this.#isOver = true;
    return [this.#end];
  }

  /** It failed in mid-answer. */
  fail(error: ErrorSpec): ChatEvent[] {
    if (this.#isOver) return [];
    this.#isOver = true;
    return [{ type: 'error', error, ...(this.#usage && { usage: this.#usage }) }];
  }

  #keepEnd({ delta, usage }: Extract<z.infer<typeof streamEvent>, { type: 'message_delta' }>): void {
    this.#usage = fromAnthropicUsage(usage, this.#usage);
    const { stop_reason: stopReason, stop_sequence: stopSequence } = delta;
    this.#end = {
      type: 'end',
      stopReason: fromAnthropicStopReason(stopReason),
      ...(typeof stopSequence === 'string' && { stopSequence }),
      usage: this.#usage,
    };
  }
}

const TYPES: readonly unknown[] = streamEvent.options.map(({ shape }) => shape.type.value);

/** Whether it says it is of a kind that is read here. */
function isKnown(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'type' in event && TYPES.includes(event.type);
}

function startedPart(value: JsonObject): StartedPart {
  const block = startedBlock.safeParse(value).data;
  if (block === undefined) return { type: 'foreign', dialect: 'anthropic', value };
  return block.type === 'redacted_thinking' ? { type: 'hidden_thinking', data: block.data } : block;
}

/** None of a kind that is not known here, such as citations. */
function deltasOf(value: JsonObject): PartDelta[] {
  const delta = blockDelta.safeParse(value).data;
  switch (delta?.type) {
    case 'text_delta':
      return [{ text: delta.text }];
    case 'thinking_delta':
      return [{ text: delta.thinking }];
    case 'signature_delta':
      return [{ signature: delta.signature }];
    case 'input_json_delta':
      return [{ json: delta.partial_json }];
    case undefined:
      return [];
  }
}
