import type { PlanStepInput } from '@aos/contracts';
import type { Simulation } from './simulation.ts';

/** A step that invokes an agent with a plan; now and then one of another tenant, or itself. */
export function drawInvocation(
  { world: { random }, store }: Simulation,
  plan: PlanStepInput[],
): Omit<PlanStepInput, 'step_id'> {
  const [, agentId = ''] = random.pick([...store.agents.keys()]).split('/');
  const budget = random.isTrue(0.3) ? { budget_cents: random.int(0, 3) / 1000 } : {};
  const timeout = random.isTrue(0.2) ? { timeout_ms: random.int(1, 30_000) } : {};
  const retry = {
    maximum_attempts: random.int(1, 3),
    initial_interval_ms: random.pick([0, 3_000, 12_000]),
    backoff_coefficient: 2,
    maximum_interval_ms: 30_000,
  };
  return {
    skill: 'agent_invoke',
    params: {
      agent_id: agentId,
      goal: 'a part of it',
      plan: JSON.parse(JSON.stringify(plan)),
      ...budget,
      ...timeout,
    },
    timeout_ms: random.pick([500, 10_000]),
    ...(random.isTrue(0.5) ? { retry } : {}),
  };
}
