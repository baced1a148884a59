import { describe, expect, it } from '@jest/globals';
import { errorOf, type Compensation, type EventData, type PlanStep } from '@aos/contracts';
import { commandsFor } from '../../domain/run/decide.ts';
import { fold } from '../../domain/run/evolve.ts';
import type { NewRunEvent, RunState } from '../../domain/run/state.ts';
import { recordedAttempt } from './recorded-attempt.ts';

const TIME = '2026-01-01T00:00:00.000Z';
const RUN_ID = '019b76da-b940-7d77-812d-76c1d6cc1601';
const FILE = { name: 'f', sha256: 'ab'.repeat(32), bytes: 2, media_type: 'text/plain' };
const RETRY = { maximum_attempts: 1, initial_interval_ms: 0, backoff_coefficient: 1, maximum_interval_ms: 0 };
const CALLED = { skill: 'send', skill_version: '1', params: {}, timeout_ms: 1_000, retry: RETRY };
const UNDO: Compensation = { ...CALLED, skill: 'undo' };

const step = (step_id: string): PlanStep => ({ ...CALLED, step_id, depends_on: [], compensate_with: UNDO });

function queued(effects: 'recorded' | 'execute'): NewRunEvent {
  const data = {
    goal: 'goal',
    agent_version: 1,
    priority: 5,
    max_steps: 9,
    reserved_microcents: 0,
    context: {},
    labels: {},
    on_failure: 'compensate',
    replay_of: { run_id: RUN_ID, from_step: null, effects },
  } as const;
  return { type: 'run.queued', time: TIME, data };
}

const METADATA = {
  planner: 'replay',
  model: null,
  reasoning: null,
  input_tokens: 0,
  output_tokens: 0,
  latency_ms: 0,
};

const planned: NewRunEvent = {
  type: 'plan.created',
  time: TIME,
  data: { plan_id: RUN_ID, metadata: METADATA, steps: [step('first'), step('second')] },
};
const started: NewRunEvent = { type: 'run.started', time: TIME, data: { engine_version: 4 } };

const recorded = (step_id: string, more: Partial<EventData<'step.recorded'>> = {}): NewRunEvent => ({
  type: 'step.recorded',
  time: TIME,
  data: { step_id, output: { of: step_id }, error: null, files: [FILE], ...more },
});

function ended(step_id: string, more: Partial<EventData<'step.finished'>>): NewRunEvent {
  const data = {
    step_id,
    skill: 'send',
    status: 'succeeded' as const,
    attempts: 1,
    output: null,
    error: null,
    started_at: TIME,
    latency_ms: 0,
    cost_microcents: 0,
  };
  return { type: 'step.finished', time: TIME, data: { ...data, ...more } };
}

function stateOf(...journal: NewRunEvent[]): RunState {
  return fold(journal.map((event, index) => ({ ...event, seq: index + 1 })));
}

describe('a step with side effects in a replay', () => {
  it('is answered as it was, with its files, and costs nothing', () => {
    const state = stateOf(queued('recorded'), planned, recorded('first'));
    expect(recordedAttempt(state, 'first', {})).toMatchObject({
      outcome: { ok: true, value: { output: { of: 'first' }, outputArtifact: null } },
      files: [FILE],
      spend: { costMicrocents: 0 },
      idempotencyKey: null,
      isRecorded: true,
    });
  });

  it('fails as it failed, for good', () => {
    const error = errorOf('upstream_error', 'gone');
    const state = stateOf(queued('recorded'), planned, recorded('first', { output: null, error }));
    expect(error.retryable).toBe(true);
    expect(recordedAttempt(state, 'first', {})).toMatchObject({
      outcome: { ok: false, error: { code: 'upstream_error', retryable: false } },
      mayRepeat: false,
    });
  });

  it('of which nothing is recorded fails, and says what to do', () => {
    const state = stateOf(queued('recorded'), planned);
    expect(recordedAttempt(state, 'first', {})).toMatchObject({
      outcome: { ok: false, error: { code: 'not_recorded', retryable: false } },
    });
  });

  it('is called where it is only paid, where effects are wanted, and where nothing is replayed', () => {
    const state = stateOf(queued('recorded'), planned, recorded('first'));
    expect(recordedAttempt(state, 'first', { isOnlyPaid: true })).toBeUndefined();
    expect(recordedAttempt(stateOf(queued('execute'), planned), 'first', {})).toBeUndefined();
    const { replayOf: _replayOf, ...plain } = state;
    expect(recordedAttempt(plain, 'first', {})).toBeUndefined();
  });
});

describe('a replay that fails', () => {
  const failed = ended('second', { status: 'failed', error: errorOf('skill_failed', 'no') });

  it('undoes nothing that was only taken over: it is the effect of another run', () => {
    const state = stateOf(queued('execute'), planned, ended('first', { recorded: true }), started, failed);
    expect(commandsFor(state)).toMatchObject([{ type: 'finish', data: { status: 'failed' } }]);
  });

  it('undoes what it has done itself', () => {
    const state = stateOf(queued('execute'), planned, started, ended('first', {}), failed);
    expect(commandsFor(state)).toMatchObject([{ type: 'roll-back', data: { steps: ['first'] } }]);
  });
});
