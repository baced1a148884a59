import { describe, expect, it } from '@jest/globals';
import type { PlanStep } from '@aos/contracts';
import { fold } from '../run/evolve.ts';
import type { NewRunEvent, RunEvent } from '../run/state.ts';
import type { Skill, SkillRegistry } from '../skill/skill.ts';
import { mergePatch } from './merge-patch.ts';
import { replayParametric, type ReplayRequest } from './replay-parametric.ts';

const TIME = '2026-01-01T00:00:00.000Z';
const RETRY = { maximum_attempts: 1, initial_interval_ms: 0, backoff_coefficient: 1, maximum_interval_ms: 0 };
const FILE = { name: 'invite.ics', sha256: 'ab'.repeat(32), bytes: 2, media_type: 'text/calendar' };

function skill(name: string, sideEffects: 'none' | 'always', isOnlyPaid = false): [string, Skill] {
  const skillOf: Skill = {
    spec: {
      name,
      version: '2',
      description: '',
      input_schema: { properties: isOnlyPaid ? { model: {} } : {} },
      output_schema: {},
      side_effects: sideEffects,
      idempotent: 'always',
      cost_microcents: 10,
      latency_ms: 1,
      timeout_ms: 1_000,
    },
    ...(isOnlyPaid ? { isOnlyPaid: true as const } : {}),
    validate: ({ n }) => (n === 'bad' ? [{ field: '/n', message: 'is bad' }] : []),
    forbiddenPlaces: ({ url }) => (url === 'private' ? [{ field: '/url', message: 'is private' }] : []),
    usualCostMicrocents: () => 10,
    hasSideEffects: () => sideEffects === 'always',
    isIdempotent: () => true,
    undoOf: () => null,
    execute: () => Promise.reject(new Error('nothing is called')),
  };
  return [name, skillOf];
}

const SKILLS: SkillRegistry = new Map([
  skill('pure', 'none'),
  skill('send', 'always'),
  skill('model', 'always', true),
]);

const step = (step_id: string, name: string, depends_on: string[]): PlanStep => ({
  step_id,
  skill: name,
  skill_version: '1',
  params: { n: 1 },
  depends_on,
  timeout_ms: 1_000,
  retry: RETRY,
});
const PLAN = [
  step('look', 'pure', []),
  step('tell', 'send', ['look']),
  step('think', 'model', ['tell']),
  step('last', 'send', ['think']),
];

const ended = (step_id: string, name: string, status: 'succeeded' | 'failed'): NewRunEvent => ({
  type: 'step.finished',
  time: TIME,
  data: {
    step_id,
    skill: name,
    status,
    attempts: 1,
    output: status === 'succeeded' ? { of: step_id } : null,
    error: null,
    started_at: TIME,
    latency_ms: 1,
    cost_microcents: 7,
  },
});

const METADATA = {
  planner: 'caller',
  model: null,
  reasoning: null,
  input_tokens: 0,
  output_tokens: 0,
  latency_ms: 0,
};

/** Up to `think`, which failed. */
const JOURNAL: NewRunEvent[] = [
  {
    type: 'run.queued',
    time: TIME,
    data: {
      goal: 'goal',
      agent_version: 1,
      priority: 5,
      max_steps: 9,
      reserved_microcents: 0,
      context: {},
      labels: {},
    },
  },
  { type: 'plan.created', time: TIME, data: { plan_id: 'p', metadata: METADATA, steps: PLAN } },
  { type: 'run.started', time: TIME, data: { engine_version: 4 } },
  ended('look', 'pure', 'succeeded'),
  ended('tell', 'send', 'succeeded'),
  ended('think', 'model', 'failed'),
  {
    type: 'run.finished',
    time: TIME,
    data: {
      status: 'failed',
      output: null,
      error: null,
      cost_microcents: 21,
      cost_cents: 0,
      steps_finished: 3,
    },
  },
];

function stateOf(journal: readonly NewRunEvent[]) {
  return fold(journal.map((event, index): RunEvent => ({ ...event, seq: index + 1 })));
}

function replay(request: Partial<ReplayRequest> = {}, journal = JOURNAL, skills = SKILLS) {
  const origin = { state: stateOf(journal), files: new Map([['tell', [FILE]]]) };
  return replayParametric(
    origin,
    { fromStep: undefined, effects: 'recorded', changes: {}, ...request },
    skills,
  );
}

function treatments(request: Partial<ReplayRequest>): string[] {
  const outcome = replay(request);
  return outcome.ok ? outcome.value.treatments.map(({ treatment }) => treatment) : [outcome.error.message];
}

function fieldsOf(outcome: ReturnType<typeof replay>): unknown {
  return outcome.ok ? undefined : outcome.error.details?.['issues'];
}

describe('a parametric replay', () => {
  it('answers side effects as they were, calls models, and says what it has no record of', () => {
    expect(treatments({})).toEqual(['run', 'recorded', 'run', 'unrecorded']);
    expect(treatments({ fromStep: 'think' })).toEqual(['taken_over', 'taken_over', 'run', 'unrecorded']);
    expect(treatments({ effects: 'execute' })).toEqual(['run', 'execute', 'run', 'execute']);
  });

  it('records each outcome with its files, and takes over for nothing', () => {
    const whole = replay();
    expect(whole.ok && whole.value.recordings).toEqual([
      { step_id: 'tell', output: { of: 'tell' }, error: null, files: [FILE] },
    ]);
    const later = replay({ fromStep: 'think' });
    expect(later.ok && later.value.takenOver).toMatchObject([
      { end: { step_id: 'look', cost_microcents: 0, recorded: true }, files: [] },
      { end: { step_id: 'tell', output: { of: 'tell' }, cost_microcents: 0 }, files: [FILE] },
    ]);
    const executed = replay({ effects: 'execute' });
    expect(executed.ok && executed.value.recordings).toEqual([]);
  });

  it('changes params, skills and the model of what runs again, and leaves the rest as it was', () => {
    const changes = { params: { last: { n: null, m: 2 } }, skills: { last: 'pure' }, model: 'other' };
    const outcome = replay({ fromStep: 'think', changes });
    expect(outcome.ok && outcome.value.steps).toMatchObject([
      { step_id: 'look', skill_version: '1', params: { n: 1 } },
      { step_id: 'tell', skill_version: '1', params: { n: 1 } },
      { step_id: 'think', skill_version: '2', params: { n: 1, model: 'other' } },
      { step_id: 'last', skill: 'pure', params: { m: 2 } },
    ]);
    expect(outcome.ok && outcome.value.treatments.map(({ is_changed }) => is_changed)).toEqual([
      false,
      false,
      true,
      true,
    ]);
  });

  it('points at each change that is wrong', () => {
    const params = { tell: { n: 2 }, none: {}, think: { n: 'bad' } };
    const skills = { last: 'unheard_of' };
    expect(fieldsOf(replay({ fromStep: 'think', changes: { params, skills } }))).toMatchObject([
      { field: '/changes/params/tell' },
      { field: '/changes/params/none' },
      { field: '/changes/params/think/n' },
      { field: '/changes/skills/last' },
    ]);
    const unused = replay({ changes: { model: 'other', skills: { think: 'pure' } } });
    expect(fieldsOf(unused)).toMatchObject([{ field: '/changes/model' }]);
    expect(fieldsOf(replay({ fromStep: 'none' }))).toMatchObject([{ field: '/from_step' }]);
  });

  it('is refused where it would reach a place it may not', () => {
    const outcome = replay({ changes: { params: { tell: { url: 'private' } } } });
    expect(outcome.ok || outcome.error.code).toBe('egress_denied');
    expect(fieldsOf(outcome)).toMatchObject([{ field: '/changes/params/tell/url' }]);
  });

  it('is refused of a run that has not ended, or never had a plan', () => {
    const [queued, , started] = JOURNAL;
    if (queued === undefined || started === undefined) throw new Error('a journal');
    for (const journal of [JOURNAL.slice(0, -1), [queued, started]]) {
      const outcome = replay({}, journal);
      expect(outcome.ok || outcome.error.code).toBe('conflict');
    }
  });
});

describe('a merge patch', () => {
  // RFC 7396, appendix A.
  it.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('of %j with %j is %j', (target, patch, expected) => {
    expect(mergePatch(target, patch)).toEqual(expected);
  });
});
