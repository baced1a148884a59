import { errorOf, fail, succeed, type ErrorSpec } from '@aos/contracts';
import type { StreamedAnswer, StreamSink } from '../../application/pass/ports.ts';
import { AnswerHandler } from './answer-handler.ts';

/** How a stream begins that a provider fails before it says anything. */
const FAILED_BEGINNINGS = ['event: error', 'event:error', 'data: {"error"', 'data:{"error"'].map((text) =>
  Buffer.from(text),
);
const OVERLOADED = errorOf('upstream_error', 'the provider failed before its answer began');

/** Answers with the first bytes; what comes before there is a sink waits. */
export class StreamHandler extends AnswerHandler<StreamedAnswer> {
  #sink: StreamSink | undefined;
  #hasBegun = false;
  #waiting: Buffer[] = [];
  /** What became of the stream before anybody read it. */
  #ending: ((sink: StreamSink) => void) | undefined;

  protected take(chunk: Buffer): void {
    if (this.#sink !== undefined) return this.#sink.data(chunk);
    if (this.#hasBegun) {
      this.#waiting.push(chunk);
      return;
    }
    this.#hasBegun = true;
    if (FAILED_BEGINNINGS.some((beginning) => chunk.subarray(0, beginning.length).equals(beginning))) {
      this.answer(fail(OVERLOADED));
      this.abort();
      return;
    }
    this.#begin(chunk);
  }

  protected end(): void {
    if (!this.#hasBegun) this.#begin(Buffer.alloc(0));
    this.#finish((sink) => sink.end());
  }

  protected lose(error: ErrorSpec): void {
    if (!this.#hasBegun) this.answer(fail(error));
    this.#finish((sink) => sink.fail(error));
  }

  #begin(first: Buffer): void {
    this.#hasBegun = true;
    this.answer(
      succeed({
        contentType: this.contentType,
        first,
        readTo: (sink) => this.#readTo(sink),
        pause: () => this.controller?.pause(),
        resume: () => this.controller?.resume(),
      }),
    );
  }

  #finish(ending: (sink: StreamSink) => void): void {
    if (this.#sink === undefined) this.#ending = ending;
    else ending(this.#sink);
  }

  #readTo(sink: StreamSink): void {
    this.#sink = sink;
    for (const chunk of this.#waiting) sink.data(chunk);
    this.#waiting = [];
    this.#ending?.(sink);
  }
}
