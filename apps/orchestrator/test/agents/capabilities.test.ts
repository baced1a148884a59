import type { InputOf, RequestContext, runtimeSimulate } from '@aos/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgentStore } from '../../src/application/agent-store.ts';
import { describeCapabilities } from '../../src/application/describe-capabilities.ts';
import { listSkills } from '../../src/application/list-skills.ts';
import { simulatePlan } from '../../src/application/simulate-plan.ts';
import type { SkillRegistry } from '../../src/domain/skill/skill.ts';
import { limits, newTenant, startAgents, type AgentsHarness } from './agents-harness.ts';

let harness: AgentsHarness;
let agents: AgentStore;
let skills: SkillRegistry;

beforeAll(async () => {
  harness = await startAgents();
  ({ agents, skills } = harness);
});

afterAll(() => harness.close());

const demoPlan = [
  { skill: 'http_call', params: { url: 'https://api.example.com/price' } },
  { skill: 'json_transform', params: { query: '.bitcoin.usd' } },
  { skill: 'webhook_send', params: { url: 'https://hooks.example.com/x' } },
];

const simulate = (context: RequestContext, input: InputOf<typeof runtimeSimulate>) =>
  simulatePlan(skills, agents, limits)(context, input);

const ask = (params: Record<string, string | number>) => ({
  skill: 'llm_invoke',
  params: { prompt: 'why?', ...params },
});

describe('simulating a plan', () => {
  it('says what it costs and that it can run', async () => {
    expect(await simulate(newTenant(), { plan: demoPlan, budget_cents: 1 })).toMatchObject({
      value: { status: 'FEASIBLE', cost_cents: 0.021, latency_ms: 605, reasons: [], risks: [] },
    });
  });

  it('counts a call of a model by its own cap, else by how much it may write', async () => {
    const plan = [ask({}), ask({ max_tokens: 3_000 }), ask({ max_cost_cents: 0.5, max_tokens: 3_000 })];
    expect(await simulate(newTenant(), { plan, budget_cents: 8 })).toMatchObject({
      value: {
        status: 'INFEASIBLE',
        cost_cents: 8.5,
        steps: [{ cost_microcents: 2_000_000 }, { cost_microcents: 6_000_000 }, { cost_microcents: 500_000 }],
        risks: [{ step_id: 'step_3', code: 'BUDGET' }],
      },
    });
  });

  it('counts what the agent has spent and reserved, and what it may use', async () => {
    const context = newTenant();
    const { agent_id } = await harness.created(context, {
      budget_cents: 0.03,
      skills: ['http_call', 'json_transform'],
    });
    await harness.setCounters(agent_id, 'spent_microcents = 5000, reserved_microcents = 5000');
    expect(await simulate(context, { plan: demoPlan, budget_cents: 1, agent_id })).toMatchObject({
      value: {
        feasible: false,
        reasons: [
          'the agent may not use the skill webhook_send; it may use http_call, json_transform',
          'the plan costs 0.021 cents, the agent has 0.02 left',
        ],
      },
    });
    expect(await simulate(newTenant(), { plan: demoPlan, budget_cents: 1, agent_id })).toMatchObject({
      error: { code: 'not_found' },
    });
  });

  it('calls a plan that leads to a private place infeasible, and refuses one that is not well formed', async () => {
    const [first, ...rest] = demoPlan;
    const metadata = { ...first, skill: 'http_call', params: { url: 'http://169.254.169.254/latest' } };
    expect(await simulate(newTenant(), { plan: [metadata, ...rest], budget_cents: 1 })).toMatchObject({
      value: { status: 'INFEASIBLE', risks: [{ step_id: 'step_1', code: 'HOST_DENIED' }] },
    });
    const broken = { skill: 'json_transform', params: { query: '.a |' } };
    expect(await simulate(newTenant(), { plan: [broken], budget_cents: 1 })).toMatchObject({
      error: {
        code: 'invalid_request',
        details: { issues: [{ field: '/plan/0/params/input' }, { field: '/plan/0/params/query' }] },
      },
    });
  });
});

describe('what a caller can do here', () => {
  it('is every skill and the limits of the platform', async () => {
    const context = newTenant();
    expect(await describeCapabilities(skills, agents, limits)(context, {})).toMatchObject({
      value: {
        tenant_id: context.tenantId,
        skills: [...skills.values()].map(({ spec: { name, version } }) => ({ name, version })),
        limits: {
          max_steps: 50,
          max_concurrent_runs_per_agent: 5,
          payload_bytes_max: 16_777_216,
          goals: { goal_chars_max: 8_000, context_bytes_max: 16_384, plan_steps_max: 200, labels_max: 32 },
        },
        budget_left_cents: null,
        open_runs: null,
      },
    });
  });

  it('is what an agent may use and has left', async () => {
    const context = newTenant();
    const { agent_id } = await harness.created(context, {
      skills: ['http_call'],
      budget_cents: 3,
      max_steps: 4,
      max_concurrent_runs: 2,
    });
    await harness.setCounters(
      agent_id,
      'spent_microcents = 1000000, reserved_microcents = 500000, open_runs = 1',
    );
    const describe = describeCapabilities(skills, agents, limits);
    expect(await describe(context, { agent_id })).toMatchObject({
      value: {
        skills: [{ name: 'http_call' }],
        limits: { max_steps: 4, max_concurrent_runs_per_agent: 2 },
        budget_left_cents: 1.5,
        open_runs: 1,
      },
    });
    expect(await describe(newTenant(), { agent_id })).toMatchObject({ error: { code: 'not_found' } });
  });

  it.each([
    {
      name: 'http_call',
      pipe: 'body',
      input_schema: { type: 'object', additionalProperties: false, required: ['url'] },
    },
    {
      name: 'json_transform',
      pipe: 'result',
      pipe_into: 'input',
      input_schema: { required: ['input', 'query'] },
    },
    { name: 'llm_invoke', pipe: 'text', idempotent: 'always', input_schema: { required: ['prompt'] } },
    { name: 'webhook_send', pipe_into: 'payload', input_schema: { required: ['url', 'payload'] } },
  ])('is told in full by the manifest of $name', async (manifest) => {
    const outcome = await listSkills(skills)(newTenant());
    const found = outcome.ok && outcome.value.manifest.find(({ name }) => name === manifest.name);
    expect(found).toMatchObject(manifest);
  });

  it('is every skill with its version', async () => {
    const outcome = await listSkills(skills)(newTenant());
    expect(outcome).toMatchObject({
      value: {
        skills: expect.arrayContaining([
          { name: 'http_call', version: '0.2.0' },
          { name: 'json_transform', version: '1.0.0' },
          { name: 'llm_invoke', version: '1.0.0' },
          { name: 'webhook_send', version: '1.0.0' },
        ]),
      },
    });
  });
});
