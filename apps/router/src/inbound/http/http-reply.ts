import type { OutgoingHttpHeaders, ServerResponse } from 'node:http';
import type { ErrorSpec } from '@aos/contracts';
import type { ClientReply, WholeAnswer } from '../../application/pass/ports.ts';
import { apiErrorBody, apiErrorEvent, apiStatusOf } from '../../dialects/api-error.ts';
import type { Dialect } from '../../domain/model.ts';

/** The answer to a client of a public endpoint, on the bare socket. */
export class HttpReply implements ClientReply {
  readonly #response: ServerResponse;
  readonly #dialect: Dialect;
  readonly #requestId: string;

  constructor(response: ServerResponse, { dialect, requestId }: { dialect: Dialect; requestId: string }) {
    this.#response = response;
    this.#dialect = dialect;
    this.#requestId = requestId;
  }

  send({ contentType, body }: WholeAnswer): void {
    const headers = { 'content-type': contentType, 'content-length': body.length, ...this.#ids() };
    this.#response.writeHead(200, headers).end(body);
  }

  begin(contentType: string): void {
    // No proxy on the way may wait for more of a stream.
    const unbuffered = { 'cache-control': 'no-cache', 'x-accel-buffering': 'no' };
    this.#response.writeHead(200, { 'content-type': contentType, ...unbuffered, ...this.#ids() });
  }

  write(bytes: Buffer): boolean {
    return this.#response.write(bytes);
  }

  end(): void {
    this.#response.end();
  }

  fail(error: ErrorSpec): void {
    this.#response.end(apiErrorEvent(this.#dialect, error, this.#requestId));
  }

  /** A failure before anything was answered; the SDKs are told whether to try again. */
  refuse(error: ErrorSpec): void {
    if (this.#response.destroyed) return;
    const body = Buffer.from(JSON.stringify(apiErrorBody(this.#dialect, error, this.#requestId)));
    const headers: OutgoingHttpHeaders = {
      'content-type': 'application/json',
      'content-length': body.length,
      'x-should-retry': String(error.retryable),
      ...this.#ids(),
    };
    const pauseMs = error.retry_after_ms;
    if (pauseMs !== undefined) headers['retry-after'] = String(Math.ceil(pauseMs / 1_000));
    this.#response.writeHead(apiStatusOf(error), headers).end(body);
  }

  onDrain(callback: () => void): void {
    this.#response.on('drain', callback);
  }

  onLeave(callback: () => void): void {
    this.#response.once('close', () => {
      if (!this.#response.writableFinished) callback();
    });
  }

  /** Under the names that both APIs' SDKs read. */
  #ids() {
    return { 'x-request-id': this.#requestId, 'request-id': this.#requestId };
  }
}
