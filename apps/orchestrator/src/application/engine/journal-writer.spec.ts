import { describe, expect, it } from '@jest/globals';
import { FlushLedger } from './flush-ledger.ts';
import { JournalWriter, type JournalEntry } from './journal-writer.ts';
import { FencedError, StoreDataError, type Clock, type EngineObserver, type Flush } from './ports.ts';
import { Relay } from './relay.ts';

const clock: Clock = { now: () => 0, sleep: () => Promise.resolve(), after: () => () => undefined };
const observer: EngineObserver = {
  runFinished: () => undefined,
  stepFinished: () => undefined,
  trouble: () => undefined,
};

type Answer = (flush: Flush, attempt: number) => 'committed' | 'fenced';
const places = (flush: Flush): string[] => flush.rows.map(({ runId, event }) => `${runId}${event.seq}`);

/** A writer over a store that answers as told; `written` are the rows that were committed. */
function writerOver(answer: Answer, wasCommitted = false) {
  const written: string[] = [];
  const published: string[] = [];
  const fenced: string[] = [];
  let attempts = 0;
  const store = {
    flush: async (flush: Flush) => {
      attempts += 1;
      const verdict = answer(flush, attempts);
      if (verdict === 'committed') written.push(...places(flush));
      return verdict;
    },
    wasCommitted: async () => wasCommitted,
  };
  const publisher = {
    publish: async (rows: Flush['rows']) =>
      void published.push(...rows.map(({ runId, event }) => `${runId}${event.seq}`)),
    publishTickets: async () => undefined,
    nudge: () => undefined,
  };
  const ledger = new FlushLedger();
  const relay = new Relay(publisher, ledger, clock, observer);
  const onFenced = (): void => void fenced.push('fenced');
  const parts = { workerId: 'w', store, ledger, relay, clock, observer, onFenced };
  return {
    writer: new JournalWriter(parts),
    written,
    published,
    fenced,
    ledger,
    relay,
    attempts: () => attempts,
  };
}

function entry(runId: string, seq: number): JournalEntry {
  const event = { seq, type: 'run.resumed', time: '', data: { reason: '' } } as const;
  return { runId, rows: [{ runId, tenantId: 't', agentId: 'a', traceparent: '', event }] };
}

const refusing =
  (place: string): Answer =>
  (flush) => {
    if (places(flush).includes(place)) throw new StoreDataError('no');
    return 'committed';
  };

const lostAtFirst: Answer = (_, attempt) => {
  if (attempt === 1) throw new Error('connection lost');
  return 'committed';
};

describe('the writer of the journal', () => {
  it('fails only the run whose content is refused, and writes nothing more of that run', async () => {
    const { writer, written } = writerOver(refusing('b3'));
    const entries = [entry('a', 3), entry('b', 3), entry('c', 3), entry('b', 4), entry('a', 4)];
    const results = await Promise.allSettled(entries.map((one) => writer.add(one)));
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'rejected',
      'fulfilled',
      'rejected',
      'fulfilled',
    ]);
    expect(written).toEqual(['a3', 'c3', 'a4']);
    await expect(writer.add(entry('b', 5))).rejects.toBeInstanceOf(StoreDataError);
    expect(written).not.toContain('b5');
  });

  it('takes a run again that has left and come back', async () => {
    const { writer, written } = writerOver(refusing('b3'));
    await expect(writer.add(entry('b', 3))).rejects.toBeInstanceOf(StoreDataError);
    await writer.leave('b');
    await writer.add(entry('b', 4));
    expect(written).toEqual(['b4']);
  });

  it.each([
    { what: 'was committed', wasCommitted: true, attempts: 1 },
    { what: 'was not', wasCommitted: false, attempts: 2 },
  ])('asks whether a flush $what before it repeats it', async ({ wasCommitted, attempts }) => {
    const world = writerOver(lostAtFirst, wasCommitted);
    await world.writer.add(entry('a', 3));
    expect(world.attempts()).toBe(attempts);
    await world.relay.idle();
    expect(world.published).toEqual(['a3']);
  });

  it('takes the refusal of a repeat that met its own rows for success', async () => {
    await expect(writerOver(refusing('a3'), true).writer.add(entry('a', 3))).resolves.toBeUndefined();
  });

  it('ends the process that was declared dead, and publishes nothing', async () => {
    const world = writerOver(() => 'fenced');
    await expect(world.writer.add(entry('a', 3))).rejects.toBeInstanceOf(FencedError);
    await world.relay.idle();
    expect([world.fenced, world.published]).toEqual([['fenced'], []]);
  });

  it('tidies up once after the last flush is published', async () => {
    const world = writerOver(() => 'committed');
    await world.writer.add(entry('a', 3));
    await world.relay.idle();
    for (let time = 0; time < 3; time += 1) await world.writer.tidy();
    expect(world.attempts()).toBe(2);
  });
});
