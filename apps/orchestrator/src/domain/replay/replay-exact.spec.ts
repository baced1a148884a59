import { describe, expect, it } from '@jest/globals';
import { EVENT_DATA, errorOf } from '@aos/contracts';
import { VERSIONS, journalsOf } from '../../../test/engine/journals/old-journals.ts';
import { canonicalHash } from '../../application/replay/canonical-hash.ts';
import { effectKeysOf } from '../../application/replay/effect-keys.ts';
import type { RunEvent } from '../run/state.ts';
import { replayExact } from './replay-exact.ts';
import { hasRule } from './rules.ts';

/** Events of the stream that are no run's. */
const OF_NO_RUN = ['message.sent', 'key.revoked', 'llm.completed', 'evaluation.finished'];

const journals = VERSIONS.flatMap((version) =>
  journalsOf(version).map(({ run_id: runId, events }, index) => ({ version, index, runId, events })),
);

function replay(events: readonly RunEvent[], runId: string | null = null) {
  const keyOf = runId === null ? () => null : effectKeysOf(runId, new Map());
  return replayExact(events, { hash: canonicalHash, keyOf });
}

/** The journal with one event otherwise. */
function altered(events: readonly RunEvent[], seq: number, data: object): RunEvent[] {
  return events.map((event) =>
    event.seq === seq ? ({ ...event, data: { ...event.data, ...data } } as RunEvent) : event,
  );
}

/** The journal without one event, dense again. */
function without(events: readonly RunEvent[], seq: number): RunEvent[] {
  return events
    .filter((event) => event.seq !== seq)
    .map((event, index): RunEvent => ({ ...event, seq: index + 1 }));
}

/** Without it the journal tells another story that could have been. */
function couldBeMissing({ seq, type, data }: RunEvent, events: readonly RunEvent[]): boolean {
  const next = events[seq];
  if (type === 'artifact.created') return true;
  // Nobody has to pause a run, nor do workers have to die; and one that waits may come to wait for something else.
  if (type === 'run.waiting')
    return data.reason === 'paused' || data.reason === 'worker_crash_loop' || next?.type !== 'run.resumed';
  // A call may end at once, and how often it says that it waits is its own affair, unless the run waits with it.
  if (type === 'step.waiting') return !(next?.type === 'run.waiting' && next.data.reason === data.for);
  if (type !== 'tool.call.requested') return false;
  // Without effect, or refused before it began.
  const after = events
    .slice(seq)
    .find((event) => 'step_id' in event.data && event.data.step_id === data.step_id);
  return after?.type === 'tool.call.failed';
}

const [first] = journalsOf(1);
const whole = first?.events ?? [];
const seqOf = (type: string): number => whole.find((event) => event.type === type)?.seq ?? 0;

describe('an exact replay', () => {
  it.each(journals)('finds engine version $version, journal $index identical', ({ events, runId }) => {
    expect(replay(events, runId)).toMatchObject({
      verdict: 'identical',
      divergence: null,
      events: events.length,
    });
  });

  it.each(journals)(
    'finds it identical at every event of its way: version $version, journal $index',
    ({ events, runId }) => {
      for (const { seq } of events)
        expect([seq, replay(events.slice(0, seq), runId).verdict]).toEqual([seq, 'identical']);
    },
  );

  it('gives the same hash again, and another one for another journal', () => {
    expect(replay(whole).hash).toBe(replay(whole).hash);
    expect(replay(whole.slice(0, -1)).hash).not.toBe(replay(whole).hash);
  });

  it.each(journals)('notices each event left out: version $version, journal $index', ({ events, runId }) => {
    const missed = events.slice(0, -1).filter((event) => !couldBeMissing(event, events));
    const unnoticed = missed.filter(({ seq }) => replay(without(events, seq), runId).verdict === 'identical');
    expect(unnoticed.map(({ seq, type }) => `${seq} ${type}`)).toEqual([]);
  });

  it('has a rule for every event of a run', () => {
    const types = Object.keys(EVENT_DATA).filter((type) => !OF_NO_RUN.includes(type));
    expect(types.filter((type) => !hasRule(type))).toEqual([]);
  });
});

describe('an exact replay diverges', () => {
  const end = seqOf('run.finished');

  it.each([
    ['another cost at the end', end, { cost_microcents: 601 }],
    ['another output at the end', end, { output: { n: 5 } }],
    ['another status at the end', end, { status: 'failed' }],
    ['a failure that was not repeated', seqOf('tool.call.failed'), { next_attempt_at: null }],
    ['another time to wait for', seqOf('run.waiting'), { next_attempt_at: '2026-01-01T00:00:21.828Z' }],
    ['another reason to wait', seqOf('run.waiting'), { reason: 'planning_retry' }],
    ['another attempt', seqOf('tool.call.requested'), { attempt: 2 }],
    ['another step', seqOf('tool.call.requested'), { step_id: 's1', skill: 'pure' }],
    ['a result under another key', seqOf('tool.call.succeeded'), { idempotency_key: 'other' }],
    ['a step that failed for no reason', seqOf('step.finished'), { status: 'failed' }],
    [
      'a cut at a deadline there is none of',
      end,
      { status: 'failed', error: errorOf('deadline_exceeded', '') },
    ],
  ])('at %s', (_what, seq, data) => {
    const { verdict, divergence } = replay(altered(whole, seq, data));
    expect([verdict, divergence?.run_seq]).toEqual(['diverged', seq]);
  });

  it('where an effect was asked for under another key than the engine would use today', () => {
    const journal = journals.find(
      ({ runId, events }) => runId !== null && events.some(({ type }) => type === 'tool.call.requested'),
    );
    const events = journal?.events ?? [];
    const runId = journal?.runId ?? '';
    const requested = events.find(({ type }) => type === 'tool.call.requested')?.seq ?? 0;
    const { divergence } = replay(altered(events, requested, { idempotency_key: 'other' }), runId);
    expect(divergence).toMatchObject({ run_seq: requested, found: { idempotency_key: 'other' } });
    expect(divergence?.expected[0]).toMatchObject({ do: 'call' });
  });

  it('and says what the engine would have done', () => {
    const { divergence } = replay(without(whole, seqOf('run.started')));
    expect(divergence).toMatchObject({ run_seq: 3, expected: [{ do: 'start' }] });
  });
});

describe('an exact replay is not possible', () => {
  it.each<[string, RunEvent[], string, number]>([
    ['of an empty journal', [], 'journal_incomplete', 1],
    ['of a journal that begins later', whole.slice(1), 'journal_incomplete', 1],
    ['of a journal with a hole', whole.filter(({ seq }) => seq !== 5), 'journal_incomplete', 5],
    [
      'where a payload was erased',
      whole.map((event) => (event.seq === 6 ? ({ ...event, data: null } as unknown as RunEvent) : event)),
      'payload_unreadable',
      6,
    ],
    [
      'where an event is not known',
      whole.map((event) =>
        event.seq === 4 ? ({ ...event, type: 'to.come' } as unknown as RunEvent) : event,
      ),
      'unknown_event',
      4,
    ],
    ['of a run of a newer engine', altered(whole, 3, { engine_version: 99 }), 'newer_engine', 3],
  ])('%s', (_what, events, code, runSeq) => {
    expect(replay(events)).toMatchObject({ verdict: 'not_replayable', reason: { code, runSeq } });
  });
});
