import { describe, expect, it } from '@jest/globals';
import type { PlanStep } from '@aos/contracts';
import type { Skill, SkillRegistry } from '../skill/skill.ts';
import { forecastPlan, type ForecastBounds } from './forecast-plan.ts';

const skill = (name: string, costMicrocents: number, isEffect = false): Skill => ({
  spec: {
    name,
    version: '1.0.0',
    description: name,
    input_schema: {},
    output_schema: {},
    side_effects: 'none',
    idempotent: 'always',
    cost_microcents: costMicrocents,
    latency_ms: 100,
    timeout_ms: 1000,
  },
  validate: () => [],
  forbiddenPlaces: () => [],
  usualCostMicrocents: ({ cap }) => (typeof cap === 'number' ? cap : costMicrocents),
  hasSideEffects: () => isEffect,
  isIdempotent: ({ idempotent }) => idempotent === true,
  undoOf: () => null,
  execute: () => Promise.reject(new Error('not called')),
});

const skills: SkillRegistry = new Map([
  ['cheap', skill('cheap', 1_000_000)],
  ['dear', skill('dear', 3_000_000, true)],
]);

const step = (step_id: string, name: string, more: Partial<PlanStep> = {}): PlanStep => ({
  step_id,
  skill: name,
  skill_version: '1.0.0',
  params: {},
  depends_on: [],
  timeout_ms: 1000,
  retry: { maximum_attempts: 3, initial_interval_ms: 1, backoff_coefficient: 2, maximum_interval_ms: 1 },
  ...more,
});

const bounds: ForecastBounds = { budgetMicrocents: 10_000_000, agentLeftMicrocents: null, allowedSkills: [] };
const steps = [
  step('a', 'cheap'),
  step('b', 'dear', { params: { idempotent: true }, depends_on: ['a'] }),
  step('c', 'cheap', { depends_on: ['b'] }),
];
const forecast = (changed: Partial<ForecastBounds> = {}, plan = steps) =>
  forecastPlan({ steps: plan, denied: [] }, skills, { ...bounds, ...changed });

describe('forecastPlan', () => {
  it('adds up cost and time of all steps', () => {
    expect(forecast()).toEqual({
      feasible: true,
      status: 'FEASIBLE',
      cost_cents: 5,
      cost_microcents: 5_000_000,
      latency_ms: 300,
      steps: [
        { step_id: 'a', skill: 'cheap', cost_microcents: 1_000_000, latency_ms: 100, compensated_by: null },
        { step_id: 'b', skill: 'dear', cost_microcents: 3_000_000, latency_ms: 100, compensated_by: null },
        { step_id: 'c', skill: 'cheap', cost_microcents: 1_000_000, latency_ms: 100, compensated_by: null },
      ],
      rollback_cost_cents: 0,
      rollback_cost_microcents: 0,
      risks: [],
      reasons: [],
    });
  });

  it('takes as long as the longest way through the graph', () => {
    const plan = [
      step('a', 'cheap'),
      step('b', 'cheap'),
      step('c', 'cheap', { depends_on: ['a', 'b'] }),
      step('d', 'cheap'),
    ];
    expect(forecast({}, plan)).toMatchObject({ latency_ms: 200, cost_cents: 4 });
  });

  it('is infeasible one micro-cent over the budget, and names the step where the money ends', () => {
    expect(forecast({ budgetMicrocents: 5_000_000 }).feasible).toBe(true);
    expect(forecast({ budgetMicrocents: 4_999_999 })).toMatchObject({
      status: 'INFEASIBLE',
      risks: [{ step_id: 'c', code: 'BUDGET' }],
      reasons: ['the plan costs 5 cents, the budget is 4.999999'],
    });
  });

  it('holds the plan against what the agent has left, too', () => {
    expect(forecast({ agentLeftMicrocents: 3_500_000 })).toMatchObject({
      feasible: false,
      risks: [{ step_id: 'b', code: 'BUDGET' }],
      reasons: ['the plan costs 5 cents, the agent has 3.5 left'],
    });
  });

  it('warns of effects that must not be repeated and of timeouts that are too short', () => {
    const plan = [step('a', 'dear'), step('b', 'cheap', { timeout_ms: 99 })];
    expect(forecast({}, plan)).toMatchObject({
      feasible: true,
      risks: [
        { step_id: 'a', code: 'NOT_IDEMPOTENT' },
        { step_id: 'b', code: 'TIMEOUT', detail: 'cheap usually takes 100 ms, the step allows 99 ms' },
      ],
    });
  });

  it('is infeasible with a skill that the agent may not use, or a place that may not be reached', () => {
    expect(forecast({ allowedSkills: ['cheap'] })).toMatchObject({
      feasible: false,
      reasons: ['the agent may not use the skill dear; it may use cheap'],
    });
    const denied = [
      { stepId: 'a', field: '/plan/0/params/url', message: '10.0.0.1 is not on the public internet' },
    ];
    expect(forecastPlan({ steps, denied }, skills, bounds)).toMatchObject({
      feasible: false,
      risks: [{ step_id: 'a', code: 'HOST_DENIED', detail: '10.0.0.1 is not on the public internet' }],
    });
  });
});
