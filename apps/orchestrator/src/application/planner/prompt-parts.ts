import { runDay } from '../../domain/run/run-day.ts';
import type { JsonObject, Skill, SkillRegistry } from '../../domain/skill/skill.ts';
import type { PlanRequest } from '../engine/ports.ts';

/** The agent as it was when the goal was admitted. */
export interface PlanningAgent {
  instructions: string;
  /** Null: the tenant's default. */
  model: string | null;
}

/** What holds for steps, whenever they are planned. */
export const STEP_RULES = [
  '- step_id: letters, digits, _ and -, unique in the plan.',
  '- Params may refer to what is known only later: ${{ steps.<step_id>.output.<field> }} for the output of a step',
  '  that comes before, ${{ goal }} for the goal, ${{ context.<key> }} for a value of the context. A param that is',
  '  nothing but one reference keeps the type of the value, inside a longer text it becomes text. A reference is a',
  '  path (names, and numbers for items of lists), never an expression.',
  '- Leave depends_on out for steps that follow one another. Give it on every step, empty where there is nothing to',
  '  wait for, only where the order is not a plain sequence.',
  '- In a plain sequence a step whose manifest has pipe_into gets the output of the step before in that param, its',
  '  field named by pipe, unless the param is given.',
  '- on_failure: continue where the goal can do without the step: the others go on, references to its output give',
  '  null. Else leave it out.',
  '- compensate_with, on a step whose effect must not stay if the run fails later: the skill and params that undo it;',
  '  they may refer to the output of the step itself. Leave it out where the manifest has compensated_by: that skill does it.',
  '- Addresses of private networks and secrets must not stand in a plan.',
];

/** What there is to plan with, and for whom. */
export function surroundings(agent: PlanningAgent, skills: SkillRegistry): string[] {
  const manifest = [...skills.values()].map((skill) => JSON.stringify(manifestOf(skill)));
  return [
    '',
    'Skills, one a line as JSON (params and output are JSON Schemas):',
    ...manifest,
    ...(agent.instructions.trim() === ''
      ? []
      : ['', 'Instructions of the agent:', agent.instructions.trim()]),
  ];
}

export function goalPrompt({ runId, goal, context }: PlanRequest): string {
  const keys = Object.entries(context).map(([key, value]) => `${JSON.stringify(key)} (${typeName(value)})`);
  return [
    `<goal>${goal}</goal>`,
    '',
    `The goal was given on ${runDay(runId)} (UTC).`,
    keys.length === 0 ? 'There is no context.' : `The context has: ${keys.join(', ')}.`,
  ].join('\n');
}

/** JSON Schema of the steps of a plan. */
export function stepsSchema(
  skillNames: string[],
  limits: { minItems?: number; maxItems: number },
): JsonObject {
  return {
    type: 'array',
    ...limits,
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
        on_failure: { type: 'string', enum: ['fail', 'continue'] },
        compensate_with: {
          type: 'object',
          additionalProperties: false,
          required: ['skill', 'params'],
          properties: { skill: { type: 'string', enum: skillNames }, params: { type: 'object' } },
        },
      },
    },
  };
}

function manifestOf({ spec }: Skill): JsonObject {
  const { name, description, input_schema, output_schema, side_effects, pipe, pipe_into, compensated_by } =
    spec;
  return {
    name,
    description,
    params: withoutDialect(input_schema),
    output: withoutDialect(output_schema),
    side_effects,
    ...(compensated_by !== undefined && { compensated_by }),
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
