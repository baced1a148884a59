import type { InputOf, llmComplete } from '@aos/contracts';
import { runDay } from '../../domain/run/run-day.ts';
import type { JsonObject, Skill, SkillRegistry } from '../../domain/skill/skill.ts';
import type { PlanRequest } from '../engine/ports.ts';

type LlmRequest = InputOf<typeof llmComplete>;

/** Enough for a plan of the largest size that is allowed. */
const PLAN_TOKENS_MAX = 8_000;

/** The agent as it was when the goal was admitted. */
export interface PlanningAgent {
  instructions: string;
  /** Null: the tenant's default. */
  model: string | null;
}

/**
 * What a model is asked to plan a goal. The same run, agent and skills give the same words, since a repeated call under
 * its key must be the same call.
 */
export function planningRequest(
  goal: PlanRequest,
  agent: PlanningAgent,
  skills: SkillRegistry,
): Omit<LlmRequest, 'max_cost_microcents'> {
  return {
    purpose: 'planning',
    ...(agent.model !== null && { model: agent.model }),
    system: systemPrompt(goal, agent, skills),
    messages: [{ role: 'user', content: goalPrompt(goal) }],
    max_tokens: PLAN_TOKENS_MAX,
    response_schema: answerSchema([...skills.keys()], goal.maxSteps),
    run_id: goal.runId,
    agent_id: goal.agentId,
  };
}

function systemPrompt({ maxSteps }: PlanRequest, agent: PlanningAgent, skills: SkillRegistry): string {
  const manifest = [...skills.values()].map((skill) => JSON.stringify(manifestOf(skill)));
  return [
    'You plan the work of an agent. Turn the goal into the shortest list of steps that reaches it; each step calls one',
    'skill with params that fit its schema. Nothing is asked back: where the goal leaves something open, choose what',
    'its author most likely wants and say so in the reasoning.',
    '',
    'Rules:',
    `- At most ${maxSteps} steps. Only the skills below; none is to be made up.`,
    '- step_id: letters, digits, _ and -, unique in the plan.',
    '- Params may refer to what is known only later: ${{ steps.<step_id>.output.<field> }} for the output of a step',
    '  that comes before, ${{ goal }} for the goal, ${{ context.<key> }} for a value of the context. A param that is',
    '  nothing but one reference keeps the type of the value, inside a longer text it becomes text. A reference is a',
    '  path (names, and numbers for items of lists), never an expression.',
    '- Leave depends_on out for steps that follow one another. Give it on every step, empty where there is nothing to',
    '  wait for, only where the order is not a plain sequence.',
    '- In a plain sequence a step whose manifest has pipe_into gets the output of the step before in that param, its',
    '  field named by pipe, unless the param is given.',
    '- Addresses of private networks and secrets must not stand in a plan.',
    '',
    'Skills, one a line as JSON (params and output are JSON Schemas):',
    ...manifest,
    ...(agent.instructions.trim() === ''
      ? []
      : ['', 'Instructions of the agent:', agent.instructions.trim()]),
  ].join('\n');
}

function goalPrompt({ runId, goal, context }: PlanRequest): string {
  const keys = Object.entries(context).map(([key, value]) => `${JSON.stringify(key)} (${typeName(value)})`);
  return [
    `<goal>${goal}</goal>`,
    '',
    `The goal was given on ${runDay(runId)} (UTC).`,
    keys.length === 0 ? 'There is no context.' : `The context has: ${keys.join(', ')}.`,
  ].join('\n');
}

function manifestOf({ spec }: Skill): JsonObject {
  const { name, description, input_schema, output_schema, side_effects, pipe, pipe_into } = spec;
  return {
    name,
    description,
    params: withoutDialect(input_schema),
    output: withoutDialect(output_schema),
    side_effects,
    ...(pipe !== undefined && { pipe }),
    ...(pipe_into !== undefined && { pipe_into }),
  };
}

function withoutDialect({ $schema: _dialect, ...schema }: JsonObject): JsonObject {
  return schema;
}

function typeName(value: JsonObject[string]): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'list' : typeof value;
}

/** JSON Schema of `{reasoning, steps}`. */
function answerSchema(skillNames: string[], maxSteps: number): JsonObject {
  return {
    type: 'object',
    additionalProperties: false,
    required: ['reasoning', 'steps'],
    properties: {
      reasoning: { type: 'string', description: 'Why these steps, in two or three sentences' },
      steps: {
        type: 'array',
        minItems: 1,
        maxItems: maxSteps,
        items: {
          type: 'object',
          additionalProperties: false,
          required: ['step_id', 'skill', 'params'],
          properties: {
            step_id: { type: 'string' },
            skill: { type: 'string', enum: skillNames },
            params: { type: 'object' },
            depends_on: { type: 'array', items: { type: 'string' } },
            description: { type: 'string', description: 'What the step is for, in a few words' },
          },
        },
      },
    },
  };
}
