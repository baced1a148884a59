import type { ErrorSpec } from '@aos/contracts';
import type { StreamSniffer } from '../../dialects/stream-sniffer.ts';
import type { SpendStatus } from '../../domain/spend.ts';
import type { OpenedCall } from '../door/door-call.ts';
import type { SpendRecorder } from '../spend-recorder.ts';
import type { ClientReply, StreamedAnswer, StreamSink } from './ports.ts';
import { settleWhole, usageOf } from './settle-pass.ts';

interface PassedStreamParts {
  opened: OpenedCall<StreamedAnswer>;
  sniffer: StreamSniffer;
  client: ClientReply;
  recorder: SpendRecorder;
  requestBytes: number;
}

/** A stream on its way from the provider to the client, at the client's pace; settled once, however it ends. */
export class PassedStream implements StreamSink {
  readonly #parts: PassedStreamParts;
  #isOver = false;

  constructor(parts: PassedStreamParts) {
    this.#parts = parts;
  }

  start(): void {
    const { client, opened } = this.#parts;
    const { answer } = opened;
    client.begin(answer.contentType);
    client.onDrain(() => answer.resume());
    this.data(answer.first);
    answer.readTo(this);
  }

  data(bytes: Buffer): void {
    if (this.#isOver) return;
    const { sniffer, client, opened } = this.#parts;
    const seen = sniffer.take(bytes);
    if (seen.length > 0 && !client.write(seen)) opened.answer.pause();
  }

  end(): void {
    if (this.#isOver) return;
    const { sniffer, client } = this.#parts;
    const rest = sniffer.flush();
    if (rest.length > 0) client.write(rest);
    client.end();
    this.#settle('complete');
  }

  fail(error: ErrorSpec): void {
    if (this.#isOver) return;
    this.#parts.client.fail(error);
    this.#settle('cut');
  }

  /** The client has gone. */
  leave(): void {
    if (!this.#isOver) this.#settle('cancelled');
  }

  /** A stream that did not come to its end tells no usage, or that of its beginning: each event is a token at least. */
  #settle(status: SpendStatus): void {
    this.#isOver = true;
    const { opened, sniffer, recorder, requestBytes } = this.#parts;
    const { sniffed, events } = sniffer;
    const likely = usageOf(requestBytes, events);
    if (status === 'complete' || sniffed.usage === undefined) {
      settleWhole({ opened, sniffed, likely, status }, recorder);
      return;
    }
    const outputTokens = Math.max(sniffed.usage.outputTokens, events);
    const usage = { ...sniffed.usage, outputTokens };
    settleWhole({ opened, sniffed: { ...sniffed, usage }, likely, status }, recorder);
  }
}
