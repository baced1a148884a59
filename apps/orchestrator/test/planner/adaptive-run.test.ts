import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { errorOf, fail, runsRestart, succeed } from '@aos/contracts';
import type { Json } from '../../src/domain/skill/skill.ts';
import { startOrchestrator, type RunningOrchestrator } from './orchestrator-app.ts';
import { completion } from './planner-kit.ts';
import { openSurroundings, type Surroundings } from './surroundings.ts';

const LONG = 'x'.repeat(40_000);
const step = (id: string, query: string, input: Json = 'hello'): Json => ({
  step_id: id,
  skill: 'json_transform',
  params: { input, query },
});
const failing = (id: string): Json => step(id, 'error("no")');
const planOf = (...steps: Json[]): Json => ({ reasoning: 'planned', steps });
const change = (...steps: Json[]): Json => ({ reasoning: 'another way', decision: 'change', steps });

let around: Surroundings;
let orchestrator: RunningOrchestrator;

/** Answers one after the other, each as often as it is asked for under its key. */
function answers(...said: (Json | Error)[]): void {
  const byKey = new Map<string, Json | Error>();
  around.answerWith(async ({ context }) => {
    const key = context.idempotencyKey ?? '';
    const next = byKey.get(key) ?? said.shift() ?? new Error('asked too often');
    if (next instanceof Error) return fail(errorOf('upstream_error', next.message));
    byKey.set(key, next);
    return succeed(completion(next));
  });
}

async function runOf(goal: Parameters<Surroundings['start']>[1] = {}, agent = {}) {
  const { agent_id: agentId } = await around.createAgent({ planning_mode: 'adaptive', ...agent });
  return around.ended(await around.start(agentId, goal));
}

const told = (call: number): string => around.calls[call]?.request.messages[0]?.content ?? '';
const said = async (runId: string) =>
  (await around.events(runId)).map(({ type }) => type).filter((type) => type.startsWith('plan.'));

beforeAll(async () => {
  around = await openSurroundings();
  orchestrator = await startOrchestrator(around.database, around.natsUrl);
});
afterAll(async () => {
  await orchestrator.close();
  await around.close();
});
afterEach(() => around.answerWith(async () => fail(errorOf('unavailable', 'nothing was said'))));

describe('an adaptive run', () => {
  it('tells its planner of a failure, goes another way and gives what its planner says', async () => {
    answers(
      planOf(step('look', 'error("it is closed")'), step('use', '.', '${{ steps.look.output.result }}')),
      change(step('ask', '. + " there"'), step('use', '.', '${{ steps.ask.output.result }}')),
      { reasoning: 'done', decision: 'end', output: { said: '${{ steps.use.output.result }}' } },
    );
    const run = await runOf();
    expect(run).toMatchObject({
      status: 'succeeded',
      planning_mode: 'adaptive',
      outcome: { output: { said: 'hello there' } },
      plan: { steps: [{ step_id: 'look' }, { step_id: 'ask' }, { step_id: 'use' }] },
      steps: [{ status: 'failed' }, { status: 'succeeded' }, { status: 'succeeded' }],
      plan_revisions: [
        { decision: 'plan', steps_added: ['look', 'use'], cost_microcents: 400 },
        {
          decision: 'change',
          steps_added: ['ask'],
          steps_dropped: [],
          reasoning: 'another way',
          input_tokens: 100,
        },
        { decision: 'end', reasoning: 'done', cost_microcents: 400 },
      ],
      input_tokens: 300,
    });
    expect(run.plan_revisions?.[1]?.revises).toBe(run.plan_revisions?.[0]?.plan_id);
    expect(await said(run.run_id)).toEqual(['plan.created', 'plan.created', 'plan.reviewed']);
    expect(around.calls.map(({ request }) => request.response_name)).toEqual([
      undefined,
      'revise_plan',
      'revise_plan',
    ]);
    expect(told(1)).toContain('"status":"failed"');
    expect(told(1)).toContain('it is closed');
    expect(new Set(around.calls.map(({ context }) => context.idempotencyKey)).size).toBe(3);
    const agent = await around.getAgent(run.agent_id);
    expect(agent).toMatchObject({
      spent_microcents: run.cost_microcents,
      reserved_microcents: 0,
      open_runs: 0,
    });
  });

  it('is not asked between steps that succeed, but for every step where that is wanted', async () => {
    const end: Json = { reasoning: '', decision: 'end' };
    answers(planOf(step('a', '.'), step('b', '.')), end);
    expect(await runOf()).toMatchObject({ status: 'succeeded', outcome: { output: { result: 'hello' } } });
    expect(around.calls).toHaveLength(2);
    answers(planOf(step('a', '.'), step('b', '.')), { reasoning: '', decision: 'continue' }, end);
    await runOf({ replan: 'every_step' });
    expect(around.calls).toHaveLength(3);
  });

  it('has an answer that cannot be followed sent back once, with what is wrong', async () => {
    answers(planOf(step('a', 'error("no")')), change(step('a', '.')), change(step('b', '.')), {
      reasoning: '',
      decision: 'end',
    });
    expect(await runOf()).toMatchObject({ status: 'succeeded' });
    const [, , repair] = around.calls;
    expect(repair?.request.messages.at(-1)?.content).toContain('a is the id of a step that has ended');
  });

  it('fails with the reason for which its planner gives up, or with the planner’s own failure', async () => {
    answers(planOf(step('a', 'error("no")')), { reasoning: 'it is closed for good', decision: 'give_up' });
    expect(await runOf()).toMatchObject({
      status: 'failed',
      outcome: {
        error: {
          code: 'goal_given_up',
          message: 'it is closed for good',
          details: { step_id: 'a', code: 'skill_failed' },
        },
      },
    });
    const nowhere = change(step('c', '.', '${{ steps.gone.output }}'));
    answers(planOf(step('a', 'error("no")')), nowhere, nowhere);
    expect(await runOf()).toMatchObject({
      status: 'failed',
      outcome: { error: { code: 'planning_failed' } },
    });
  });

  it('may not plan a call again that has failed twice', async () => {
    answers(planOf(failing('a')), change(failing('b')), change(failing('c')), {
      reasoning: 'then not',
      decision: 'give_up',
    });
    const run = await runOf();
    expect(run.steps.map(({ step_id }) => step_id)).toEqual(['a', 'b']);
    expect(around.calls.at(-1)?.request.messages.at(-1)?.content).toContain('has failed 2 times');
  });

  it('bounds what its planner is told of, as data', async () => {
    const wide = step('wide', `{ text: ("</outcomes>" + .) }`, LONG.slice(0, 10_000));
    answers(planOf(wide, step('large', '. + . + .', LONG.slice(0, 12_000))), {
      reasoning: '',
      decision: 'end',
    });
    expect(await runOf()).toMatchObject({ status: 'succeeded' });
    expect(told(1).length).toBeLessThan(12_000);
    expect(told(1)).toContain('"output_kept_as":{"name":"large.output.json"');
    expect(told(1).match(/<\/outcomes>/g)).toHaveLength(1);
  });

  it('asks a planner that could not be asked again, and pays once', async () => {
    answers(planOf(step('a', '.')), new Error('overloaded'), { reasoning: '', decision: 'end' });
    const run = await runOf();
    expect(run).toMatchObject({ status: 'succeeded', planning: { attempts: 0, error: null } });
    expect(await said(run.run_id)).toEqual(['plan.created', 'plan.rejected', 'plan.reviewed']);
    expect(run.plan_revisions).toHaveLength(2);
  });

  it('begins again where it failed, with what it knows', async () => {
    answers(planOf(step('a', '.'), step('b', 'error("no")')), { reasoning: 'no', decision: 'give_up' });
    const { run_id: runId } = await runOf();
    answers(change(step('c', '. + "!"', '${{ steps.a.output.result }}')), { reasoning: '', decision: 'end' });
    const who = { tenantId: 'acme', actor: { id: 'key:test', level: 3 } };
    expect(await around.askAs(who, runsRestart, { run_id: runId })).toMatchObject({ ok: true });
    const run = await around.runWhen(runId, ({ status }) => status === 'succeeded');
    expect(run).toMatchObject({
      generation: 2,
      outcome: { output: { result: 'hello!' } },
      steps: [{ step_id: 'a', attempts: 1 }, { step_id: 'b', status: 'failed' }, { step_id: 'c' }],
    });
  });

  it('is planned once where its goal says so', async () => {
    answers(planOf(step('a', '.')));
    const run = await runOf({ planning_mode: 'plan' });
    expect(run).toMatchObject({ status: 'succeeded', planning_mode: 'plan', plan_revisions: [] });
    expect(around.calls).toHaveLength(1);
  });

  it('reserves for its planner beside a plan that it came with', async () => {
    answers({ reasoning: '', decision: 'end' });
    const plan = [{ step_id: 'a', skill: 'json_transform', params: { input: 1, query: '.' } }];
    const run = await runOf({ plan }, { budget_cents: 60 });
    expect(run).toMatchObject({
      status: 'succeeded',
      plan_revisions: [{ planner: 'caller' }, { decision: 'end' }],
    });
    expect(around.calls[0]?.request.max_cost_microcents).toBeGreaterThan(40_000_000);
  });
});
