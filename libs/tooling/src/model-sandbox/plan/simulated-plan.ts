import { textOf, type MessagesRequest } from '../request.ts';
import { readSchema, type Json, type SchemaShape } from '../objects/schema-shape.ts';
import { goalOf } from './goal-of.ts';
import { modelStep, RULES, type RuleStep } from './rules.ts';

/**
 * The input of the `submit_plan` tool, by simple rules over the goal and the skills that the request names anywhere.
 * Only fields that the tool's schema knows are filled.
 */
export function simulatedPlan(request: MessagesRequest, schema: Record<string, unknown>): Json {
  const goal = goalOf(request);
  const isOffered = offeredSkills(request);
  const steps = stepsFor(goal, isOffered);
  const { root, read } = readSchema(schema);
  const fields = Object.entries(
    root.properties ?? { reasoning: { type: 'string' }, steps: { type: 'array' } },
  );
  const values = fields.flatMap(([name, field]): [string, Json][] => {
    const { jsonType, items } = read(field);
    if (jsonType === 'array') return [[name, steps.map((step) => fitStep(step, items && read(items)))]];
    return jsonType === 'string' ? [[name, reasoningFor(steps)]] : [];
  });
  return Object.fromEntries(values);
}

function stepsFor(goal: string, isOffered: (skill: string) => boolean): RuleStep[] {
  const steps: RuleStep[] = [];
  for (const rule of RULES) {
    const previous = steps.findLast(({ result }) => result !== undefined)?.result;
    const step = rule({ goal, previous });
    if (step !== undefined && isOffered(step.skill)) steps.push(step);
  }
  if (steps.length > 0) return steps;
  return [isOffered('llm_invoke') ? modelStep('${{ goal }}') : echoStep()];
}

function echoStep(): RuleStep {
  return {
    step_id: 'echo',
    skill: 'json_transform',
    params: { input: { goal: '${{ goal }}' }, query: '.goal' },
    description: 'Give the goal back',
  };
}

/** Whether a skill is named in the request; where no skill of the rules is, all count as offered. */
function offeredSkills({ system, messages, tools }: MessagesRequest): (skill: string) => boolean {
  const everything = textOf(system) + JSON.stringify({ messages, tools });
  const known = ['http_call', 'json_transform', 'llm_invoke', 'webhook_send', 'calendar_write'];
  const named = known.filter((skill) => new RegExp(`\\b${skill}\\b`).test(everything));
  return (skill) => named.length === 0 || named.includes(skill);
}

function fitStep({ step_id, skill, params, description }: RuleStep, item: SchemaShape | undefined): Json {
  const step = { step_id, skill, params, description };
  const known = item?.properties;
  const kept = Object.entries(step).filter(([name]) => known === undefined || name in known);
  return JSON.parse(JSON.stringify(Object.fromEntries(kept)));
}

function reasoningFor(steps: readonly RuleStep[]): string {
  const chain = steps.map(({ step_id, skill }) => `${step_id} (${skill})`).join(', then ');
  return `Simulated plan by keyword rules, no model was called: ${chain}.`;
}
