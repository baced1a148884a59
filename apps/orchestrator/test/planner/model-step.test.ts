import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { errorOf, fail, succeed } from '@aos/contracts';
import type { Json } from '../../src/domain/skill/skill.ts';
import { startOrchestrator, type RunningOrchestrator } from './orchestrator-app.ts';
import { completion } from './planner-kit.ts';
import { openSurroundings, type Surroundings } from './surroundings.ts';

const COST = { cost_microcents: 400, input_tokens: 100, output_tokens: 10 };

let around: Surroundings;
let orchestrator: RunningOrchestrator;

beforeAll(async () => {
  around = await openSurroundings();
  orchestrator = await startOrchestrator(around.database, around.natsUrl);
});
afterAll(async () => {
  await orchestrator.close();
  await around.close();
});

const says = (content: string) => around.answerWith(async () => succeed(completion(null, { content })));

const ask = (params: Record<string, Json>) => ({
  plan: [{ step_id: 'ask', skill: 'llm_invoke', params: { prompt: 'why?', ...params } }],
});

describe('a step that asks a model', () => {
  it('reserves what it usually costs, and keeps what it did cost', async () => {
    says('because');
    const agent = await around.createAgent({ budget_cents: 2 });
    const runId = await around.start(agent.agent_id, ask({}));
    const run = await around.ended(runId);
    expect(run).toMatchObject({
      status: 'succeeded',
      ...COST,
      steps: [{ step_id: 'ask', output: { text: 'because', model: 'claude-x-2026' }, ...COST }],
    });
    expect((await around.events(runId)).map(({ type }) => type)).toContain('tool.call.requested');
    expect(around.calls[0]).toMatchObject({
      context: { idempotencyKey: run.steps[0]?.idempotency_key },
      request: { purpose: 'skill', max_cost_microcents: 2_000_000, run_id: runId },
    });
    await expect(around.start(agent.agent_id, ask({ max_cost_cents: 2.1 }))).rejects.toThrow(
      'budget_exceeded',
    );
  });

  it('ends without another try where the router refuses the cost', async () => {
    around.answerWith(async () => fail(errorOf('budget_exceeded', 'the call may cost 9 cents')));
    const agent = await around.createAgent();
    const run = await around.ended(await around.start(agent.agent_id, ask({ max_cost_cents: 0.1 })));
    expect(run).toMatchObject({
      status: 'failed',
      steps: [{ attempts: 1, error: { code: 'budget_exceeded' } }],
    });
    expect(around.calls[0]?.request.max_cost_microcents).toBe(100_000);
  });

  it('tells what an answer without the object has cost', async () => {
    says('no');
    const agent = await around.createAgent();
    const run = await around.ended(await around.start(agent.agent_id, ask({ schema: { type: 'object' } })));
    expect(run).toMatchObject({
      status: 'failed',
      ...COST,
      steps: [{ error: { code: 'skill_failed' }, ...COST }],
    });
  });
});
