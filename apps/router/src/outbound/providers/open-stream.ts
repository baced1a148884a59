import { fail, succeed, type ErrorSpec, type StructuredOutcome } from '@aos/contracts';
import type { ChatEvent } from '../../domain/chat/chat-event.ts';
import { GIVEN_UP, tooLate } from './call-sdk.ts';
import { failureOfSdk } from './sdk-failure.ts';

/** Reads a provider's stream. */
interface EventReader {
  read(event: unknown): ChatEvent[];
  close(): ChatEvent[];
  fail(error: ErrorSpec): ChatEvent[];
}

interface StreamCall {
  /** How long the provider may be silent. */
  timeoutMs: number;
  signal: AbortSignal;
  keyName: string;
  reader: EventReader;
  open: (signal: AbortSignal) => Promise<AsyncIterable<unknown>>;
}

/** Opens a stream of an SDK; resolves with the first event, or why there is none. */
export async function openStream(call: StreamCall): Promise<StructuredOutcome<AsyncIterable<ChatEvent>>> {
  const source = new StreamSource(call);
  const first = await source.next();
  const [event] = first;
  if (event?.type !== 'error') return succeed(eventsFrom(source, first));
  source.end();
  return fail(event.error);
}

async function* eventsFrom(source: StreamSource, first: ChatEvent[]): AsyncIterable<ChatEvent> {
  try {
    for (let events = first; events.length > 0; events = await source.next()) yield* events;
  } finally {
    source.end();
  }
}

/** The events of one stream, with what ends it: the caller's leaving, the provider's silence. */
class StreamSource {
  readonly #call: StreamCall;
  readonly #abort = new AbortController();
  readonly #leave = (): void => this.#abort.abort();
  readonly #silence: NodeJS.Timeout;
  #isSilent = false;
  #events: AsyncIterator<unknown> | undefined;

  constructor(call: StreamCall) {
    this.#call = call;
    if (call.signal.aborted) this.#leave();
    call.signal.addEventListener('abort', this.#leave, { once: true });
    this.#silence = setTimeout(() => {
      this.#isSilent = true;
      this.#abort.abort();
    }, call.timeoutMs);
  }

  /** What comes next; nothing when the stream is over. Never rejects. */
  async next(): Promise<ChatEvent[]> {
    const { reader, open } = this.#call;
    try {
      this.#events ??= (await open(this.#abort.signal))[Symbol.asyncIterator]();
      for (;;) {
        const { done, value } = await this.#events.next();
        this.#silence.refresh();
        const events = done === true ? reader.close() : reader.read(value);
        if (done === true || events.length > 0) return events;
      }
    } catch (error) {
      return reader.fail(this.#failureOf(error));
    }
  }

  /** The provider is told to stop, if it has not. */
  end(): void {
    clearTimeout(this.#silence);
    this.#call.signal.removeEventListener('abort', this.#leave);
    this.#abort.abort();
  }

  #failureOf(error: unknown): ErrorSpec {
    const { signal, timeoutMs, keyName } = this.#call;
    if (this.#isSilent) return tooLate(timeoutMs);
    return signal.aborted ? GIVEN_UP : failureOfSdk(error, keyName);
  }
}
