import { errorOf, fail, succeed } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import { runEvent } from '../domain/run-event.ts';
import { findEnd } from './find-end.ts';
import type { RunJournal } from './ports.ts';

const place = { tenantId: 'acme', runId: 'r' };

/** A journal that keeps the events from `first` to `last`, with pages of at most `pageMax`. */
function journalOf(first: number, last: number, pageMax = 100): RunJournal & { reads: number } {
  return {
    reads: 0,
    read(_place, after, limit = 100) {
      this.reads += 1;
      const from = Math.max(first, after + 1);
      const to = Math.min(last, from + Math.min(limit, pageMax) - 1);
      const events = Array.from({ length: Math.max(0, to - from + 1) }, (_, index) =>
        runEvent({ runId: 'r', seq: from + index, type: 'step.finished', json: '{}' }),
      );
      return Promise.resolve(succeed({ events, isEnd: to >= last }));
    },
  };
}

describe('findEnd', () => {
  it.each([
    [1, 0],
    [1, 1],
    [1, 99],
    [1, 100],
    [1, 101],
    [1, 5_003],
    [200, 4_321],
  ])('finds the end of a journal that keeps %i to %i', async (first, last) => {
    expect(await findEnd(journalOf(first, last), place)).toEqual(succeed(last));
    expect(await findEnd(journalOf(first, last, 1), place)).toEqual(succeed(last));
  });

  it('reads a short journal once', async () => {
    const journal = journalOf(1, 80);
    await findEnd(journal, place);
    expect(journal.reads).toBe(1);
  });

  it('passes on that there is no such run', async () => {
    const missing = fail(errorOf('not_found', 'no such run'));
    expect(await findEnd({ read: () => Promise.resolve(missing) }, place)).toBe(missing);
  });
});
