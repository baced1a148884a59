import { setImmediate as turn } from 'node:timers/promises';
import { errorOf, fail, succeed } from '@aos/contracts';
import { createLogger } from '@aos/telemetry';
import { describe, expect, it, jest } from '@jest/globals';
import * as fc from 'fast-check';
import { runEvent, type RunEvent } from '../domain/run-event.ts';
import type { LiveEvents, Recipient, RunJournal } from './ports.ts';
import { TopicRegistry } from './topic-registry.ts';
import { watchRun } from './watch-run.ts';

const RUN_ID = '019a2f6e-7c1b-7d11-8a52-0242ac120002';
const place = { tenantId: 'acme', runId: RUN_ID };
const logger = createLogger({ service: 'test', level: 'silent' });
const eventOf = (seq: number): RunEvent =>
  runEvent({ runId: RUN_ID, seq, type: 'step.finished', json: '{}' });

/** A run whose journal is the truth and whose live copies are as good as the test says. */
class FakeRun implements RunJournal, LiveEvents {
  end = 0;
  subscriptions = 0;
  failures = 0;
  readonly #listeners = new Set<(event: RunEvent) => void>();

  async read(_place: unknown, after: number, limit = 100) {
    await turn();
    if (this.failures > 0) {
      this.failures -= 1;
      return fail(errorOf('unavailable', 'not now'));
    }
    const seqs = Array.from({ length: Math.max(0, this.end - after) }, (_, index) => after + 1 + index);
    const { end } = this;
    await turn();
    const events = seqs.slice(0, Math.min(limit, 3)).map(eventOf);
    return succeed({ events, isEnd: after + events.length >= end });
  }

  subscribe(_place: unknown, onEvent: (event: RunEvent) => void): () => void {
    this.subscriptions += 1;
    this.#listeners.add(onEvent);
    return () => {
      this.subscriptions -= 1;
      this.#listeners.delete(onEvent);
    };
  }

  append(copies: number): void {
    this.end += 1;
    for (let copy = 0; copy < copies; copy += 1) this.sendLive(this.end);
  }

  sendLive(seq: number): void {
    for (const listener of this.#listeners) listener(eventOf(seq));
  }
}

/** Collects what it is given; has room only every other time. */
class FakeRecipient implements Recipient {
  from: number | undefined;
  readonly seqs: number[] = [];
  #isRoomy = false;

  get hasRoom(): boolean {
    this.#isRoomy = !this.#isRoomy;
    return this.#isRoomy;
  }

  async room(): Promise<void> {
    await turn();
  }

  subscribed(_topic: string, afterSeq: number): void {
    this.from = afterSeq;
  }

  deliver(event: RunEvent): void {
    this.seqs.push(event.seq);
  }
}

function scene() {
  const run = new FakeRun();
  const topics = new TopicRegistry({ journal: run, live: run, logger });
  const stops: AbortController[] = [];
  const watch = (after: number | undefined) => {
    const recipient = new FakeRecipient();
    const stop = new AbortController();
    stops.push(stop);
    const outcome = watchRun({ topics, journal: run }, { place, after, signal: stop.signal }, recipient);
    return { recipient, stop, outcome };
  };
  return { run, topics, watch, stopAll: () => stops.forEach((stop) => stop.abort()) };
}

const range = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => from + 1 + index);

type Move =
  | { kind: 'append'; copies: number }
  | { kind: 'late'; seq: number }
  | { kind: 'watch'; after: number | undefined }
  | { kind: 'turns'; count: number };

const moves: fc.Arbitrary<Move[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant('append' as const), copies: fc.nat({ max: 2 }) }) },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant('late' as const), seq: fc.integer({ min: 1, max: 30 }) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('watch' as const),
        after: fc.option(fc.nat({ max: 30 }), { nil: undefined }),
      }),
    },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('turns' as const), count: fc.nat({ max: 8 }) }) },
  ),
  { maxLength: 60 },
);

/** Plays the moves, waits until every watcher has the last event, and compares. */
async function play(steps: Move[]): Promise<void> {
  const { run, topics, watch, stopAll } = scene();
  const watchers: { after: number | undefined; recipient: FakeRecipient }[] = [];
  for (const step of steps) {
    if (step.kind === 'append') run.append(step.copies);
    if (step.kind === 'late') run.sendLive(Math.max(1, Math.min(step.seq, run.end)));
    if (step.kind === 'watch') {
      const after = step.after === undefined ? undefined : Math.min(step.after, run.end);
      watchers.push({ after, recipient: watch(after).recipient });
    }
    for (let count = step.kind === 'turns' ? step.count : 0; count > 0; count -= 1) await turn();
  }
  run.append(1);
  const isDone = () =>
    watchers.every(({ recipient }) => (recipient.seqs.at(-1) ?? recipient.from) === run.end);
  // By the clock, not by turns: a topic that fills a hole may pause for a moment.
  for (const startMs = Date.now(); !isDone() && Date.now() - startMs < 5_000;) await turn();
  for (const { after, recipient } of watchers) {
    if (after !== undefined) expect(recipient.from).toBe(after);
    expect(recipient.seqs).toEqual(range(recipient.from ?? -1, run.end));
  }
  stopAll();
  expect(run.subscriptions).toBe(0);
  expect(topics.size).toBe(0);
}

describe('watchRun', () => {
  it('gives every watcher each event after its cursor once and in order, whatever is lost, late or repeated', async () => {
    await fc.assert(
      fc.asyncProperty(
        moves.filter((steps) => steps[0]?.kind === 'append'),
        play,
      ),
      { numRuns: 600 },
    );
  });

  it('shares one live subscription among watchers and ends it with the last', async () => {
    const { run, watch } = scene();
    run.append(0);
    const watchers = [watch(0), watch(undefined), watch(1)];
    await Promise.all(watchers.map(({ outcome }) => outcome));
    expect(run.subscriptions).toBe(1);
    watchers[0]?.stop.abort();
    watchers[1]?.stop.abort();
    expect(run.subscriptions).toBe(1);
    watchers[2]?.stop.abort();
    expect(run.subscriptions).toBe(0);
  });

  it('keeps nothing for a watcher that left before the topic was open', async () => {
    const { run, topics, watch } = scene();
    const { stop, outcome, recipient } = watch(0);
    stop.abort();
    expect(await outcome).toEqual(succeed(undefined));
    expect(recipient.from).toBeUndefined();
    expect([run.subscriptions, topics.size]).toEqual([0, 0]);
  });

  it('keeps nothing after a failure to open, and opens again for the next', async () => {
    const { run, topics, watch } = scene();
    run.append(0);
    run.failures = 1;
    expect(await watch(0).outcome).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    expect([run.subscriptions, topics.size]).toEqual([0, 0]);
    expect(await watch(0).outcome).toEqual(succeed(undefined));
  });

  it('goes on with history when the journal can be read again; a watcher that left is not waited for', async () => {
    const { run, topics, watch } = scene();
    for (let count = 0; count < 9; count += 1) run.append(0);
    const holder = watch(undefined);
    await holder.outcome;
    run.failures = 3;
    const { outcome, recipient } = watch(0);
    expect(await outcome).toEqual(succeed(undefined));
    expect([run.failures, recipient.seqs]).toEqual([0, range(0, 9)]);

    run.failures = Number.POSITIVE_INFINITY;
    const leaving = watch(0);
    await turn();
    await turn();
    leaving.stop.abort();
    await leaving.outcome;
    expect(leaving.recipient.seqs).toEqual([]);
    holder.stop.abort();
    expect(topics.size).toBe(1);
  });

  it('fills every topic from the journal after a reconnect, repeating until the journal answers', async () => {
    const { run, topics, watch } = scene();
    run.append(0);
    const { outcome, recipient } = watch(0);
    await outcome;
    for (let count = 0; count < 9; count += 1) run.append(0);
    run.failures = 2;
    topics.fillAll();
    for (const startMs = Date.now(); recipient.seqs.length < 10 && Date.now() - startMs < 3000;) await turn();
    expect(recipient.seqs).toEqual(range(0, 10));
  });

  it('asks the journal when a run has been quiet, so that a lost last event is not waited for for ever', async () => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'Date', 'performance'] });
    try {
      const { run, watch, stopAll } = scene();
      run.append(0);
      const { outcome, recipient } = watch(0);
      await outcome;
      run.append(0);
      jest.advanceTimersByTime(30_000);
      for (let turns = 0; turns < 20; turns += 1) await turn();
      expect(recipient.seqs).toEqual([1, 2]);
      stopAll();
      expect(jest.getTimerCount()).toBe(0);
    } finally {
      jest.useRealTimers();
    }
  });
});
