import {
  MAX_PARALLEL_DEFAULT,
  centsOf,
  type OutputOf,
  type PlanStep,
  type runtimeSimulate,
} from '@aos/contracts';
import type { JsonObject, SkillRegistry } from '../skill/skill.ts';
import type { DeniedPlace } from './examine-plan.ts';
import { planDurationMs } from './plan-duration.ts';
import { compensatedBy, undoCostMicrocents } from './plan-cost.ts';
import { skillsOf } from './plan-skills.ts';

export type Forecast = OutputOf<typeof runtimeSimulate>;
type Risk = Forecast['risks'][number];

export interface ForecastBounds {
  /** What the caller wants to spend at most, and what the agent has left where it has a budget of its own. */
  budgetMicrocents: number;
  agentLeftMicrocents: number | null;
  /** The skills the agent may use; empty: all. */
  allowedSkills: readonly string[];
  /** Steps at work at once; default as for goals. */
  maxParallel?: number | undefined;
}

interface Plan {
  steps: readonly PlanStep[];
  denied: readonly DeniedPlace[];
}

/** What a plan will cost and take if each step succeeds at once, what may go wrong, and whether it can run at all. */
export function forecastPlan(plan: Plan, skills: SkillRegistry, bounds: ForecastBounds): Forecast {
  const steps = plan.steps.map((step) => {
    const { step_id, skill: name, params } = step;
    const skill = skills.get(name);
    const costMicrocents = skill?.usualCostMicrocents(params) ?? 0;
    return {
      step_id,
      skill: name,
      cost_microcents: costMicrocents,
      latency_ms: skill?.spec.latency_ms ?? 0,
      compensated_by: compensatedBy(step, skills),
    };
  });
  const rollbackMicrocents = sum(plan.steps.map((step) => undoCostMicrocents(step, skills)));
  const costMicrocents = sum(steps.map((step) => step.cost_microcents));
  const reasons = [
    ...plan.denied.map(({ stepId, message }) => `${stepId} may not reach its place: ${message}`),
    ...foreignSkills(plan.steps, bounds.allowedSkills),
    ...budgetReasons(costMicrocents, bounds),
  ];
  return {
    feasible: reasons.length === 0,
    status: reasons.length === 0 ? 'FEASIBLE' : 'INFEASIBLE',
    cost_cents: centsOf(costMicrocents),
    cost_microcents: costMicrocents,
    latency_ms: planDurationMs(
      plan.steps,
      new Map(steps.map((step) => [step.step_id, step.latency_ms])),
      bounds.maxParallel ?? MAX_PARALLEL_DEFAULT,
    ),
    steps,
    rollback_cost_cents: centsOf(rollbackMicrocents),
    rollback_cost_microcents: rollbackMicrocents,
    risks: [
      ...plan.denied.map(({ stepId, message }): Risk => ({
        step_id: stepId,
        code: 'HOST_DENIED',
        detail: message,
      })),
      ...plan.steps.flatMap((step) => stepRisks(step, skills)),
      ...budgetRisks(steps, bounds),
    ],
    reasons,
  };
}

/** Of the step itself and of what undoes it. */
function stepRisks(step: PlanStep, skills: SkillRegistry): Risk[] {
  const { step_id, compensate_with: undo } = step;
  const ofStep = callRisks(step, skills).map((risk) => ({ step_id, ...risk }));
  const ofUndo = undo === undefined ? [] : callRisks(undo, skills);
  return [
    ...ofStep,
    ...ofUndo.map(({ code, detail }) => ({ step_id, code, detail: `undoing it: ${detail}` })),
  ];
}

interface Call {
  skill: string;
  params: JsonObject;
  timeout_ms: number;
}

function callRisks(
  { skill: name, params, timeout_ms }: Call,
  skills: SkillRegistry,
): Omit<Risk, 'step_id'>[] {
  const skill = skills.get(name);
  if (skill === undefined) return [];
  const risks: Omit<Risk, 'step_id'>[] = [];
  if (timeout_ms < skill.spec.latency_ms) {
    const detail = `${name} usually takes ${skill.spec.latency_ms} ms, the step allows ${timeout_ms} ms`;
    risks.push({ code: 'TIMEOUT', detail });
  }
  if (skill.hasSideEffects(params) && !skill.isIdempotent(params)) {
    const detail =
      'if the call is lost under way it is not known whether it took effect; it is not repeated by itself';
    risks.push({ code: 'NOT_IDEMPOTENT', detail });
  }
  return risks;
}

/** The step at which the money runs out. */
function budgetRisks(steps: Forecast['steps'], bounds: ForecastBounds): Risk[] {
  const limit = Math.min(bounds.budgetMicrocents, bounds.agentLeftMicrocents ?? Infinity);
  let spent = 0;
  for (const { step_id, cost_microcents } of steps) {
    spent += cost_microcents;
    if (spent > limit) {
      return [
        {
          step_id,
          code: 'BUDGET',
          detail: `up to here ${centsOf(spent)} cents, there are ${centsOf(limit)}`,
        },
      ];
    }
  }
  return [];
}

function budgetReasons(costMicrocents: number, bounds: ForecastBounds): string[] {
  const cost = `the plan costs ${centsOf(costMicrocents)} cents`;
  const { budgetMicrocents, agentLeftMicrocents } = bounds;
  const reasons: string[] = [];
  if (costMicrocents > budgetMicrocents) reasons.push(`${cost}, the budget is ${centsOf(budgetMicrocents)}`);
  if (agentLeftMicrocents !== null && costMicrocents > agentLeftMicrocents) {
    reasons.push(`${cost}, the agent has ${centsOf(agentLeftMicrocents)} left`);
  }
  return reasons;
}

function foreignSkills(steps: readonly PlanStep[], allowed: readonly string[]): string[] {
  if (allowed.length === 0) return [];
  const foreign = skillsOf(steps).filter((skill) => !allowed.includes(skill));
  return foreign.map((skill) => `the agent may not use the skill ${skill}; it may use ${allowed.join(', ')}`);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
