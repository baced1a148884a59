import { childRunInput, errorOf, fail, succeed } from '@aos/contracts';
import { z } from 'zod';
import { sliceMicrocents } from '../../application/children/slice.ts';
import type { Skill, SkillRegistry } from '../../domain/skill/skill.ts';
import { WaitFor, defineSkill } from './define-skill.ts';

const output = z.object({ run_id: z.uuid(), output: z.json() });

/**
 * Has another agent reach a goal and waits for it without holding a slot. The child’s budget is a part of the run’s, its
 * cost counts into the run’s, and it ends before the run does.
 */
export function agentInvoke(skills: () => SkillRegistry, defaultEstCostCents: number): Skill {
  return defineSkill({
    name: 'agent_invoke',
    version: '1.0.0',
    description: 'Hands a goal to another agent as a child run and gives its output.',
    side_effects: 'always',
    idempotent: 'always',
    pipe: 'output',
    cost_microcents: 0,
    latency_ms: 5_000,
    timeout_ms: 30_000,
    params: childRunInput,
    output,
    isMetered: true,
    usualCostMicrocents: (params) => {
      const asked = childRunInput.pick({ budget_cents: true, plan: true }).safeParse({
        budget_cents: params['budget_cents'],
        plan: params['plan'],
      });
      return asked.success ? sliceMicrocents(asked.data, skills(), defaultEstCostCents) : 0;
    },
    hasSideEffects: () => true,
    isIdempotent: () => true,
    awaits: 'child_run',
    run: async (request, { invoke }) => {
      if (invoke === undefined) return fail(errorOf('skill_failed', 'no agent can be invoked here'));
      const answer = await invoke(request);
      if (!answer.ok) return answer;
      return 'waiting' in answer.value
        ? succeed(new WaitFor(answer.value.waiting))
        : succeed(answer.value.output);
    },
  });
}
