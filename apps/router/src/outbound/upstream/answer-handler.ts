import type { IncomingHttpHeaders } from 'node:http';
import { fail, type ErrorSpec, type StructuredOutcome } from '@aos/contracts';
import type { Dispatcher } from 'undici';
import { GIVEN_UP } from '../providers/call-sdk.ts';
import { LOST, SILENT, failureOfStatus } from '../providers/provider-failure.ts';

/** Of a refusal's body; more is not read. */
const REFUSAL_BYTES_MAX = 65_536;
const CLIENT_LEFT = new Error('nobody waits for the answer');

/** What both ways of reading an answer share: its head, refusals, and how it may fail. */
export abstract class AnswerHandler<T> implements Dispatcher.DispatchHandler {
  readonly answered: Promise<StructuredOutcome<T>>;
  protected contentType = 'application/json';
  protected controller: Dispatcher.DispatchController | undefined;
  protected answer: (outcome: StructuredOutcome<T>) => void;
  readonly #keyName: string;
  #isGivenUp = false;
  /** Undefined: the provider does what it was asked for. */
  #refusal: { status: number; headers: IncomingHttpHeaders; body: Buffer[]; bytes: number } | undefined;

  constructor(keyName: string) {
    const { promise, resolve } = Promise.withResolvers<StructuredOutcome<T>>();
    this.answered = promise;
    this.answer = resolve;
    this.#keyName = keyName;
  }

  readonly abort = (): void => {
    this.#isGivenUp = true;
    this.controller?.abort(CLIENT_LEFT);
  };

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.controller = controller;
    if (this.#isGivenUp) controller.abort(CLIENT_LEFT);
  }

  onResponseStart(
    _controller: Dispatcher.DispatchController,
    status: number,
    headers: IncomingHttpHeaders,
  ): void {
    if (status < 200) return;
    if (status >= 300) this.#refusal = { status, headers, body: [], bytes: 0 };
    else this.contentType = headers['content-type'] ?? this.contentType;
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    const refusal = this.#refusal;
    if (refusal === undefined) return this.take(chunk);
    refusal.bytes += chunk.length;
    if (refusal.bytes <= REFUSAL_BYTES_MAX) refusal.body.push(chunk);
  }

  onResponseEnd(): void {
    if (this.#refusal === undefined) return this.end();
    const { status, headers, body } = this.#refusal;
    const [requestId] = [headers['request-id'] ?? headers['x-request-id']].flat();
    const words = wordsOf(Buffer.concat(body));
    const refused = { status, retryAfter: headers['retry-after'], requestId, words };
    this.answer(fail(failureOfStatus(refused, this.#keyName)));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error & { code?: string }): void {
    this.lose(this.#failureOf(error));
  }

  protected abstract take(chunk: Buffer): void;
  protected abstract end(): void;
  protected abstract lose(error: ErrorSpec): void;

  #failureOf({ code }: { code?: string }): ErrorSpec {
    if (this.#isGivenUp) return GIVEN_UP;
    return code === 'UND_ERR_HEADERS_TIMEOUT' || code === 'UND_ERR_BODY_TIMEOUT' ? SILENT : LOST;
  }
}

/** Both protocols say `error.message`. */
function wordsOf(body: Buffer): string | undefined {
  try {
    const read: unknown = JSON.parse(body.toString());
    if (typeof read !== 'object' || read === null || !('error' in read)) return undefined;
    const { error } = read;
    if (typeof error !== 'object' || error === null || !('message' in error)) return undefined;
    return typeof error.message === 'string' ? error.message : undefined;
  } catch {
    return undefined;
  }
}
