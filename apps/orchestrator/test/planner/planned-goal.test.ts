import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { errorOf, fail, runsExportFinished, succeed, type LlmCompletion } from '@aos/contracts';
import { waitUntil } from '@aos/testing';
import type { Json } from '../../src/domain/skill/skill.ts';
import { startOrchestrator, type RunningOrchestrator } from './orchestrator-app.ts';
import { completion } from './planner-kit.ts';
import { openSurroundings, type Surroundings } from './surroundings.ts';

const transform = (query: string): Json => ({
  step_id: 'say',
  skill: 'json_transform',
  params: { input: '${{ goal }}', query },
});
const GOOD: Json = { reasoning: 'one step will do', steps: [transform('.')] };
const BAD: Json = { reasoning: 'one step will do', steps: [transform('. |')] };
const NO_PROVIDER = errorOf('provider_not_configured', 'set ANTHROPIC_API_KEY');

let around: Surroundings;
let orchestrator: RunningOrchestrator;
let log: string[];

const answered = (parsed: Json, more: Partial<LlmCompletion> = {}) =>
  Promise.resolve(succeed(completion(parsed, more)));

/** Answers that wait until they are let go. */
function held(parsed: Json) {
  const { promise, resolve } = Promise.withResolvers<void>();
  around.answerWith(async () => {
    await promise;
    return succeed(completion(parsed));
  });
  return { letGo: () => resolve() };
}

beforeAll(async () => {
  around = await openSurroundings();
  log = [];
  orchestrator = await startOrchestrator(around.database, around.natsUrl, { log });
});
afterAll(async () => {
  await orchestrator.close();
  await around.close();
});
afterEach(() => around.answerWith(async () => fail(errorOf('unavailable', 'nothing was said'))));

describe('a goal in words', () => {
  it('is planned, run and accounted for: its plan, tokens and cost', async () => {
    around.answerWith(() => answered(GOOD));
    const agent = await around.createAgent({
      budget_cents: 60,
      model: 'claude-y',
      instructions: 'be polite',
    });
    const runId = await around.start(agent.agent_id, { context: { city: 'Rome' } });
    const run = await around.ended(runId);
    expect(run).toMatchObject({
      status: 'succeeded',
      plan: {
        metadata: {
          planner: 'anthropic',
          model: 'claude-x-2026',
          reasoning: 'one step will do',
          input_tokens: 100,
          output_tokens: 10,
        },
        steps: [{ step_id: 'say', skill: 'json_transform', skill_version: '1.0.0' }],
      },
      planning: { attempts: 0, error: null },
      outcome: { output: { result: 'say hi' } },
      input_tokens: 100,
      output_tokens: 10,
      cost_microcents: 1_400,
    });
    const events = await around.events(runId);
    expect(events.map(({ type, runseq }) => `${runseq} ${type}`)).toEqual([
      '1 run.queued',
      '2 run.started',
      '3 plan.created',
      '4 step.finished',
      '5 run.finished',
    ]);
    expect(events.at(-1)?.data).toMatchObject({
      cost_microcents: 1_400,
      input_tokens: 100,
      output_tokens: 10,
    });
    expect(around.calls).toHaveLength(1);
    expect(around.calls[0]).toMatchObject({
      context: { tenantId: 'acme', actor: { id: 'service:orchestrator' } },
      request: {
        purpose: 'planning',
        model: 'claude-y',
        run_id: runId,
        agent_id: agent.agent_id,
        max_cost_microcents: 50_000_000,
        system: expect.stringContaining('be polite'),
      },
    });
    // One trace from the goal to the model.
    expect(around.calls[0]?.context.traceparent).toContain('0af7651916cd43dd8448eb211c80319c');
    expect(await around.getAgent(agent.agent_id)).toMatchObject({
      spent_microcents: 1_400,
      reserved_microcents: 0,
      open_runs: 0,
    });
  });

  it('is planned by its agent as it was when the goal came', async () => {
    around.answerWith(() => answered(GOOD));
    const { agent_id: agentId } = await around.createAgent({ instructions: 'as it was' });
    const spec = '{"instructions": "as it is now", "skills": []}';
    await around.admin.query('update orchestrator.agents set spec = $2 where agent_id = $1', [agentId, spec]);
    await around.admin.query(
      `insert into orchestrator.agent_versions (tenant_id, agent_id, version, spec) values ('acme', $1, 2, $2)`,
      [agentId, spec],
    );
    await around.ended(await around.start(agentId));
    expect(around.calls[0]?.request.system).toContain('as it was');
  });

  it('is refused as before where the budget does not cover it', async () => {
    around.answerWith(() => answered(GOOD));
    const agent = await around.createAgent({ budget_cents: 49 });
    await expect(around.start(agent.agent_id)).rejects.toThrow('budget_exceeded');
    await around.ended(await around.start(agent.agent_id, { est_cost_cents: 49 }));
  });

  it('has its plan mended once; what both answers cost is kept', async () => {
    around.answerWith(() => answered(around.calls.length === 1 ? BAD : GOOD));
    const agent = await around.createAgent();
    const run = await around.ended(await around.start(agent.agent_id));
    expect(run).toMatchObject({ status: 'succeeded', cost_microcents: 1_800, input_tokens: 200 });
    const [first, second] = around.calls;
    expect(second?.request.messages.at(-1)?.content).toContain('/steps/0/params/query');
    expect(second?.context.idempotencyKey).not.toBe(first?.context.idempotencyKey);
    expect(second?.request.max_cost_microcents).toBe(50_000_000 - 400);
  });

  it('fails with what is wrong when no plan can be run', async () => {
    around.answerWith(() => answered(BAD));
    const agent = await around.createAgent();
    const runId = await around.start(agent.agent_id);
    expect(await around.ended(runId)).toMatchObject({
      status: 'failed',
      plan: null,
      steps: [],
      cost_microcents: 800,
      planning: { attempts: 1, next_attempt_at: null, error: { code: 'planning_failed' } },
      outcome: {
        error: { code: 'planning_failed', details: { issues: [{ field: '/steps/0/params/query' }] } },
      },
    });
    expect((await around.events(runId)).map(({ type }) => type)).toEqual([
      'run.queued',
      'run.started',
      'plan.rejected',
      'run.finished',
    ]);
    expect(await around.getAgent(agent.agent_id)).toMatchObject({
      spent_microcents: 800,
      reserved_microcents: 0,
    });
  });
});

describe('planning that cannot go on at once', () => {
  it('is tried again under the same key and then succeeds, paid once', async () => {
    around.answerWith(async () =>
      around.calls.length < 2 ? fail(errorOf('upstream_error', 'overloaded')) : answered(GOOD),
    );
    const agent = await around.createAgent();
    const runId = await around.start(agent.agent_id);
    expect(await around.ended(runId)).toMatchObject({ status: 'succeeded', cost_microcents: 1_400 });
    expect(new Set(around.calls.map(({ context }) => context.idempotencyKey)).size).toBe(1);
    expect((await around.events(runId)).map(({ type }) => type)).toContain('plan.rejected');
  });

  it('waits long out of its slot, says why and until when, and can be cancelled', async () => {
    around.answerWith(async () => fail(errorOf('rate_limited', 'later', { retryAfterMs: 60_000 })));
    const agent = await around.createAgent();
    const runId = await around.start(agent.agent_id);
    const waiting = await around.runWhen(runId, ({ status }) => status === 'waiting');
    expect(waiting).toMatchObject({
      waiting_reason: 'planning_retry',
      planning: { attempts: 1, error: { code: 'rate_limited' } },
    });
    expect(Date.parse(waiting.next_attempt_at ?? '')).toBeGreaterThan(Date.now() + 50_000);
    expect((await around.getAgent(agent.agent_id)).open_runs).toBe(0);
    await around.cancel(runId);
    expect(await around.ended(runId)).toMatchObject({ status: 'cancelled', plan: null });
  });

  it('is cut by a cancel', async () => {
    const { letGo } = held(GOOD);
    const agent = await around.createAgent();
    const runId = await around.start(agent.agent_id);
    await waitUntil(() => around.calls.length === 1, { what: 'the model is asked' });
    await around.cancel(runId);
    expect(await around.ended(runId, 2_000)).toMatchObject({
      status: 'cancelled',
      plan: null,
      outcome: { error: { code: 'run_cancelled', message: 'enough' } },
    });
    letGo();
  });

  it('ends where the run’s reservation does not cover it', async () => {
    around.answerWith(async ({ request }) =>
      fail(errorOf('budget_exceeded', `the cap is ${request.max_cost_microcents}`)),
    );
    const agent = await around.createAgent();
    const run = await around.ended(await around.start(agent.agent_id, { est_cost_cents: 0.5 }));
    expect(run).toMatchObject({
      status: 'failed',
      outcome: { error: { code: 'budget_exceeded', message: 'the cap is 500000' } },
    });
  });
});

describe('without a provider', () => {
  it('a goal gets the labelled stub, which is told loudly and once', async () => {
    around.answerWith(async () => fail(NO_PROVIDER));
    const agent = await around.createAgent();
    for (const goal of ['first ${{ x }}', 'second']) {
      const run = await around.ended(await around.start(agent.agent_id, { goal }));
      expect(run).toMatchObject({
        status: 'succeeded',
        cost_microcents: 1_000,
        plan: {
          metadata: { planner: 'stub', model: null, reasoning: expect.stringContaining('ANTHROPIC_API_KEY') },
          steps: [
            {
              step_id: 'stub',
              skill: 'json_transform',
              description: expect.stringContaining('stub planner'),
            },
          ],
        },
        outcome: { output: { result: { goal } } },
      });
    }
    expect(log.filter((line) => line.includes('NO MODEL PLANS GOALS HERE'))).toHaveLength(1);
  });
});

describe('a run on its way through planning', () => {
  it('is handed on by a process that stops: the next one asks the same under the same key', async () => {
    const { letGo } = held(GOOD);
    const agent = await around.createAgent();
    const runId = await around.start(agent.agent_id);
    await waitUntil(() => around.calls.length === 1, { what: 'the model is asked' });
    const other = await startOrchestrator(around.database, around.natsUrl);
    await orchestrator.close();
    await waitUntil(() => around.calls.length === 2, { what: 'the other process asks' });
    letGo();
    expect(await around.ended(runId)).toMatchObject({ status: 'succeeded', cost_microcents: 1_400 });
    const [first, second] = around.calls;
    expect(second?.request).toEqual(first?.request);
    expect(second?.context.idempotencyKey).toBe(first?.context.idempotencyKey);
    orchestrator = other;
  });

  it('fails in production where no provider is configured', async () => {
    const production = await startOrchestrator(around.database, around.natsUrl, { env: { ENV: 'prod' } });
    await orchestrator.close();
    orchestrator = production;
    around.answerWith(async () => fail(NO_PROVIDER));
    const agent = await around.createAgent();
    expect(await around.ended(await around.start(agent.agent_id))).toMatchObject({
      status: 'failed',
      plan: null,
      outcome: {
        error: { code: 'planner_not_configured', message: expect.stringContaining('ANTHROPIC_API_KEY') },
      },
    });
  });

  it('is in the export of ended runs that billing asks for', async () => {
    around.answerWith(() => answered(GOOD));
    const agent = await around.createAgent();
    const runId = await around.start(agent.agent_id);
    await around.ended(runId);
    const old = `update orchestrator.runs set finished_at = '2026-01-01T00:00:00Z' where run_id = $1`;
    await around.admin.query(old, [runId]);
    const { events, next_cursor } = await around.askAnonymously(runsExportFinished, {
      from: '2025-12-31T00:00:00Z',
      limit: 1,
    });
    expect(events).toEqual([(await around.events(runId)).at(-1)]);
    expect(next_cursor === null || next_cursor.length > 0).toBe(true);
  });
});
