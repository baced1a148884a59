import {
  errorOf,
  fail,
  invalidRequest,
  succeed,
  type DeadLetterWhole,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
  type opsDeadLettersList,
} from '@aos/contracts';
import { summaryOf, wholeOf } from './dead-letter-view.ts';
import type { DeadLetter, DeadLetters } from './dead-letters.ts';
import { platformOnly } from './platform-only.ts';

/** Dead letters, oldest first. The cursor is the number of the next. */
export function listDeadLetters(letters: DeadLetters) {
  return async (
    context: RequestContext,
    { consumer, cursor, limit }: InputOf<typeof opsDeadLettersList>,
  ): Promise<StructuredOutcome<OutputOf<typeof opsDeadLettersList>>> => {
    const refusal = platformOnly(context);
    if (refusal !== undefined) return refusal;
    if (cursor !== undefined && !/^[1-9]\d{0,14}$/.test(cursor)) {
      return fail(
        invalidRequest([{ field: '/cursor', message: 'is not a cursor of this list; start without one' }]),
      );
    }
    const found = await readOn(letters, { from: Number(cursor ?? 1), consumer, limit: limit + 1 });
    const behind = found.at(limit);
    return succeed({
      data: found.slice(0, limit).map(summaryOf),
      next_cursor: behind === undefined ? null : String(behind.sequence),
    });
  };
}

/** A dead letter with all of its payload. */
export function getDeadLetter(letters: DeadLetters) {
  return async (
    context: RequestContext,
    { sequence }: { sequence: number },
  ): Promise<StructuredOutcome<DeadLetterWhole>> => {
    const refusal = platformOnly(context);
    if (refusal !== undefined) return refusal;
    const letter = await letters.get(sequence);
    return letter === undefined
      ? fail(errorOf('not_found', `no dead letter ${sequence}`))
      : succeed(wholeOf(letter));
  };
}

interface Range {
  from: number;
  consumer: string | undefined;
  limit: number;
}

/** Up to `limit` letters from a number on. */
export async function readOn(letters: DeadLetters, { from, consumer, limit }: Range): Promise<DeadLetter[]> {
  const found: DeadLetter[] = [];
  let next = from;
  while (found.length < limit) {
    const letter = await letters.next(next, consumer);
    if (letter === undefined) break;
    found.push(letter);
    next = letter.sequence + 1;
  }
  return found;
}
