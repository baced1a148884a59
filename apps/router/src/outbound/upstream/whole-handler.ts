import { fail, succeed, type ErrorSpec } from '@aos/contracts';
import type { WholeAnswer } from '../../application/pass/ports.ts';
import { AnswerHandler } from './answer-handler.ts';

/** Answers when the answer is there whole. */
export class WholeHandler extends AnswerHandler<WholeAnswer> {
  readonly #chunks: Buffer[] = [];

  protected take(chunk: Buffer): void {
    this.#chunks.push(chunk);
  }

  protected end(): void {
    const [first, ...more] = this.#chunks;
    const body = first !== undefined && more.length === 0 ? first : Buffer.concat(this.#chunks);
    this.answer(succeed({ contentType: this.contentType, body }));
  }

  protected lose(error: ErrorSpec): void {
    this.answer(fail(error));
  }
}
