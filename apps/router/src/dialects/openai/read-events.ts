import { errorOf, type ErrorSpec } from '@aos/contracts';
import { z } from 'zod';
import type { ChatEvent, StartedPart } from '../../domain/chat/chat-event.ts';
import type { Usage } from '../../domain/pricing.ts';
import { fromOpenAiUsage, openAiUsage } from './read-usage.ts';
import { fromOpenAiFinishReason } from './stop-reasons.ts';

const toolCall = z.object({
  index: z.int().nonnegative(),
  id: z.string().nullish(),
  function: z.object({ name: z.string().nullish(), arguments: z.string().nullish() }).nullish(),
});

const choice = z.object({
  delta: z
    .object({
      content: z.string().nullish(),
      refusal: z.string().nullish(),
      reasoning_content: z.string().nullish(),
      tool_calls: z.array(toolCall).nullish(),
    })
    .nullish(),
  finish_reason: z.string().nullish(),
});

const chunk = z.object({
  id: z.string(),
  model: z.string(),
  choices: z.array(choice),
  usage: openAiUsage.nullish(),
});

const BROKEN = errorOf('upstream_error', "the provider's stream does not keep its protocol");
const CUT = errorOf('upstream_error', 'the provider was lost in mid-answer');
const NOTHING: Usage = { freshInputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 0 };

/** Reads a stream of OpenAI's protocol, chunk by chunk: its first choice. */
export class OpenAiEvents {
  /** The part that is being written: its type, of tools with the call's index. */
  #open: string | undefined;
  #isStarted = false;
  #finishReason: string | undefined;
  #usage: Usage | undefined;
  #isOver = false;

  /** What one chunk says. */
  read(event: unknown): ChatEvent[] {
    const read = chunk.safeParse(event);
    if (!read.success) return this.fail(BROKEN);
    const { id, model, choices, usage } = read.data;
    if (usage) this.#usage = fromOpenAiUsage(usage);
    const [first] = choices;
    const events: ChatEvent[] = this.#isStarted ? [] : [{ type: 'start', id, responseModel: model }];
    this.#isStarted = true;
    if (first?.delta) events.push(...this.#deltas(first.delta));
    if (typeof first?.finish_reason === 'string') {
      this.#finishReason = first.finish_reason;
      events.push(...this.#endPart());
    }
    return events;
  }

  /** The provider's stream is over: an answer without its end was cut. The usage comes after the end, so it is told here. */
  close(): ChatEvent[] {
    if (this.#finishReason === undefined) return this.fail(CUT);
    if (this.#isOver) return [];
    this.#isOver = true;
    const stopReason = fromOpenAiFinishReason(this.#finishReason);
    return [{ type: 'end', stopReason, usage: this.#usage ?? NOTHING }];
  }

  /** It failed in mid-answer. */
  fail(error: ErrorSpec): ChatEvent[] {
    if (this.#isOver) return [];
    this.#isOver = true;
    return [{ type: 'error', error, ...(this.#usage && { usage: this.#usage }) }];
  }

  #deltas(delta: NonNullable<z.infer<typeof choice>['delta']>): ChatEvent[] {
    const { content, refusal, reasoning_content: thought, tool_calls: calls } = delta;
    return [
      ...(thought ? this.#write('thinking', { type: 'thinking' }, { text: thought }) : []),
      ...(content ? this.#write('text', { type: 'text' }, { text: content }) : []),
      ...(refusal ? this.#write('refusal', { type: 'refusal' }, { text: refusal }) : []),
      ...(calls ?? []).flatMap((call) => this.#toolDelta(call)),
    ];
  }

  #toolDelta({ index, id, function: called }: z.infer<typeof toolCall>): ChatEvent[] {
    const part: StartedPart = { type: 'tool_use', id: id ?? `call_${index}`, name: called?.name ?? '' };
    return this.#write(`tool ${index}`, part, { json: called?.arguments ?? '' });
  }

  #write(place: string, part: StartedPart, delta: { text: string } | { json: string }): ChatEvent[] {
    const event: ChatEvent = { type: 'part.delta', delta };
    if (this.#open === place) return [event];
    const ended = this.#endPart();
    this.#open = place;
    const isEmpty = 'json' in delta && delta.json === '';
    return [...ended, { type: 'part.start', part }, ...(isEmpty ? [] : [event])];
  }

  #endPart(): ChatEvent[] {
    if (this.#open === undefined) return [];
    this.#open = undefined;
    return [{ type: 'part.end' }];
  }
}
