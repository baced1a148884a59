import { describe, expect, it } from '@jest/globals';
import type { CloudEvent, EventData, Plan, Run } from '@aos/contracts';
import type { Terminal } from '../terminal.ts';
import { eventText } from './event.ts';
import { runText } from './run.ts';

const quiet = () => undefined;
const plain: Terminal = { out: quiet, bytes: quiet, err: quiet, isColoured: false };
const TIME = '2026-01-01T00:00:01.500Z';
const RETRY = { maximum_attempts: 1, initial_interval_ms: 0, backoff_coefficient: 1, maximum_interval_ms: 0 };

const step = (step_id: string, skill: string, description?: string): Plan['steps'][number] => ({
  step_id,
  skill,
  skill_version: '1',
  params: {},
  depends_on: [],
  timeout_ms: 1,
  retry: RETRY,
  ...(description !== undefined && { description }),
});

const made: EventData<'plan.created'> = {
  plan_id: '019b76da-b940-7d77-812d-76c1d6cc1601',
  metadata: {
    planner: 'anthropic',
    model: 'claude-x',
    reasoning: 'Fetch first,\nthen ask.',
    input_tokens: 2_000,
    output_tokens: 150,
    latency_ms: 1_400,
  },
  steps: [step('fetch', 'http_call', 'Fetch the price'), step('ask', 'llm_invoke')],
  cost_microcents: 1_250_000,
};

function lineOf(type: string, data: unknown): string[] {
  const event: CloudEvent = {
    specversion: '1.0',
    id: '1',
    source: 'aos/orchestrator',
    type,
    subject: 'run/1',
    time: TIME,
    datacontenttype: 'application/json',
    tenantid: 'acme',
    data: JSON.parse(JSON.stringify(data)),
  };
  return eventText(plain, event, Date.parse('2026-01-01T00:00:00.000Z')).split('\n');
}

const FAILURE = { code: 'rate_limited', message: 'later', retryable: true, owner: 'tenant_policy' };

describe('a plan on its way past a watcher', () => {
  it('tells who made it, what it took, why, and its steps', () => {
    const indent = ' '.repeat(31);
    expect(lineOf('plan.created', made)).toEqual([
      '   1.50s  plan.created         by anthropic (claude-x), 2000 tokens in, 150 out, 1.25 cents, 1.4 s',
      `${indent}Fetch first, then ask.`,
      `${indent}fetch (http_call): Fetch the price`,
      `${indent}ask (llm_invoke)`,
    ]);
  });

  it('stands out when it is a stub', () => {
    const metadata = { ...made.metadata, planner: 'stub', model: null, input_tokens: 0, output_tokens: 0 };
    expect(lineOf('plan.created', { ...made, metadata, cost_microcents: 0 })[0]).toContain(
      'by stub: no model planned this, 1.4 s',
    );
  });

  it('is a row of steps when it came with the goal', () => {
    const metadata = { ...made.metadata, planner: 'caller', model: null, reasoning: null };
    const steps = [step('fetch', 'http_call'), { ...step('ask', 'llm_invoke'), depends_on: ['fetch'] }];
    expect(lineOf('plan.created', { ...made, metadata, steps })).toEqual([
      '   1.50s  plan.created         fetch (http_call) → ask (llm_invoke)',
    ]);
  });

  it('tells of a graph what each step comes after', () => {
    const metadata = { ...made.metadata, planner: 'caller', model: null, reasoning: null };
    const join = { ...step('join', 'json_transform'), depends_on: ['fetch', 'ask'] };
    expect(lineOf('plan.created', { ...made, metadata, steps: [...made.steps, join] })).toEqual([
      '   1.50s  plan.created         fetch (http_call); ask (llm_invoke); join (json_transform) after fetch, ask',
    ]);
  });

  it('tells from which step a run begins again, and what a person decided', () => {
    const restarted = { from_step: 'ask', generation: 2, reserved_microcents: 0 };
    expect(lineOf('run.restarted', restarted)[0]).toMatch(/run.restarted +from ask$/);
    expect(lineOf('step.resolved', { step_id: 'ask', outcome: 'skip' })[0]).toMatch(/ask: skip$/);
  });

  it('tells why there is none, when it is asked for again, and what that has cost', () => {
    const rejected = { attempt: 2, error: FAILURE, latency_ms: 1, next_attempt_at: TIME };
    expect(lineOf('plan.rejected', rejected)).toEqual([
      `   1.50s  plan.rejected        attempt 2: rate_limited: later; again at ${TIME}`,
    ]);
    const spent = { input_tokens: 10, output_tokens: 2, cost_microcents: 40_000 };
    expect(lineOf('plan.rejected', { ...rejected, next_attempt_at: null, ...spent })[0]).toMatch(
      /attempt 2: rate_limited: later \(10 tokens in, 2 out, 0.04 cents\)$/,
    );
  });
});

describe('what a model was paid', () => {
  const spent = { cost_microcents: 400_000, input_tokens: 100, output_tokens: 10 };

  it('stands with its step, and in sum with the end of the run', () => {
    const finished = {
      step_id: 'ask',
      skill: 'llm_invoke',
      status: 'succeeded',
      attempts: 1,
      output: 'hi',
      error: null,
      started_at: TIME,
      latency_ms: 1,
    };
    expect(lineOf('step.finished', { ...finished, ...spent })[0]).toMatch(
      /ask succeeded hi \(100 tokens in, 10 out, 0.4 cents\)$/,
    );
    expect(lineOf('step.finished', { ...finished, cost_microcents: 400_000 })[0]).toMatch(/succeeded hi$/);
    const end = { status: 'succeeded', output: 'hi', error: null, cost_cents: 0.4, steps_finished: 1 };
    expect(lineOf('run.finished', { ...end, ...spent })[0]).toMatch(
      /succeeded, 100 tokens in, 10 out, 0.4 cents$/,
    );
  });
});

describe('a run', () => {
  const { cost_microcents: _cost, ...plan } = made;
  const run: Run = {
    run_id: 'r',
    agent_id: 'a',
    tenant_id: 'acme',
    status: 'running',
    goal: 'tell me',
    labels: {},
    priority: 5,
    cost_cents: 1.25,
    cost_microcents: 1_250_000,
    waiting_reason: null,
    next_attempt_at: null,
    created_at: TIME,
    started_at: TIME,
    finished_at: null,
    context: {},
    max_steps: 50,
    input_tokens: 2_000,
    output_tokens: 150,
    reserved_cents: 0,
    reserved_microcents: 0,
    plan,
    planning: { attempts: 0, next_attempt_at: null, error: null },
    steps: [],
    artifacts: [],
    outcome: null,
  };

  it('shows who planned it and why, and its tokens', () => {
    const text = runText(plain, run);
    expect(text).toMatch(/planned by +anthropic \(claude-x\), 2000 tokens in, 150 out, 1.4 s/);
    expect(text).toMatch(/reasoning +Fetch first, then ask\./);
    expect(text).toMatch(/\ntokens +2000 tokens in, 150 out/);
  });

  it('shows how planning goes while there is no plan', () => {
    const planning = {
      attempts: 2,
      next_attempt_at: TIME,
      error: { ...FAILURE, owner: 'upstream' as const },
    };
    expect(runText(plain, { ...run, plan: null, planning })).toMatch(
      /planning +2 failed, again at 2026-01-01T00:00:01.500Z: rate_limited: later/,
    );
    expect(runText(plain, { ...run, plan: null })).not.toContain('planning');
  });

  it('says nothing of a planner where the plan came with the goal', () => {
    const metadata = { ...plan.metadata, planner: 'caller', model: null, reasoning: null };
    expect(runText(plain, { ...run, plan: { ...plan, metadata } })).not.toContain('planned by');
  });
});
