import type { InputOf, llmComplete } from '@aos/contracts';
import type { SkillRegistry } from '../../domain/skill/skill.ts';
import type { PlanRequest } from '../engine/ports.ts';
import { goalPrompt, STEP_RULES, stepsSchema, surroundings, type PlanningAgent } from './prompt-parts.ts';

/** A call of the router, but for what it may cost. */
export type PlanningCall = Omit<InputOf<typeof llmComplete>, 'max_cost_microcents'>;

/** Enough for a plan of the largest size that is allowed. */
export const PLAN_TOKENS_MAX = 8_000;

/**
 * What a model is asked to plan a goal. The same run, agent and skills give the same words, since a repeated call under
 * its key must be the same call.
 */
export function planningRequest(
  goal: PlanRequest,
  agent: PlanningAgent,
  skills: SkillRegistry,
): PlanningCall {
  const steps = stepsSchema([...skills.keys()], { minItems: 1, maxItems: goal.maxSteps });
  return {
    purpose: 'planning',
    ...(agent.model !== null && { model: agent.model }),
    system: systemPrompt(goal, agent, skills),
    messages: [{ role: 'user', content: goalPrompt(goal) }],
    max_tokens: PLAN_TOKENS_MAX,
    response_schema: {
      type: 'object',
      additionalProperties: false,
      required: ['reasoning', 'steps'],
      properties: {
        reasoning: { type: 'string', description: 'Why these steps, in two or three sentences' },
        steps,
      },
    },
    run_id: goal.runId,
    agent_id: goal.agentId,
  };
}

function systemPrompt({ maxSteps, isAdaptive }: PlanRequest, agent: PlanningAgent, skills: SkillRegistry) {
  return [
    'You plan the work of an agent. Turn the goal into the shortest list of steps that reaches it; each step calls one',
    'skill with params that fit its schema. Nothing is asked back: where the goal leaves something open, choose what',
    'its author most likely wants and say so in the reasoning.',
    ...(isAdaptive ? ADAPTIVE : []),
    '',
    'Rules:',
    `- At most ${maxSteps} steps. Only the skills below; none is to be made up.`,
    ...STEP_RULES,
    ...surroundings(agent, skills),
  ].join('\n');
}

const ADAPTIVE = [
  '',
  'When a step has failed, and when all have ended, you are told what became of them and can plan further steps: what',
  'depends on results you cannot know yet may be left for then.',
];
