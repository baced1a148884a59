import { centsOf, type Plan } from '@aos/contracts';
import { paint, type Terminal } from '../terminal.ts';
import { cents, duration, oneLine } from './text.ts';

/** Who made a plan, by which model; a stub stands out. */
export function plannerText(terminal: Terminal, { planner, model }: Plan['metadata']): string {
  const by = oneLine(model === null ? planner : `${planner} (${model})`);
  return planner === 'stub' ? paint(terminal, 'yellow', `${by}: no model planned this`) : by;
}

/** Steps in a row; those of a graph say what they come after. */
export function stepsText(steps: Plan['steps']): string {
  if (!isGraph(steps)) return steps.map(({ step_id, skill }) => `${step_id} (${skill})`).join(' → ');
  return steps
    .map(({ step_id, skill, depends_on }) => {
      const after = depends_on.length === 0 ? '' : ` after ${depends_on.join(', ')}`;
      return `${step_id} (${skill})${after}`;
    })
    .join('; ');
}

/** Whether steps are not simply one after the other. */
export function isGraph(steps: Plan['steps']): boolean {
  return steps.some(({ depends_on }, index) => {
    const previous = index === 0 ? [] : [steps[index - 1]?.step_id];
    return depends_on.join() !== previous.join();
  });
}

interface Spent {
  input_tokens?: number | undefined;
  output_tokens?: number | undefined;
  cost_microcents?: number | undefined;
}

/** Tokens and cost of a model call; empty where there was none. */
export function spentText({ input_tokens = 0, output_tokens = 0, cost_microcents = 0 }: Spent): string {
  const tokens = tokensText(input_tokens, output_tokens);
  return tokens === '' ? '' : `${tokens}, ${cents(centsOf(cost_microcents))}`;
}

export function tokensText(input: number, output: number): string {
  return input + output === 0 ? '' : `${input} tokens in, ${output} out`;
}

/** A plan that somebody made for the goal: by whom and why, then a line for each step. */
export function madePlanLines(
  terminal: Terminal,
  { metadata, steps }: Pick<Plan, 'metadata' | 'steps'>,
  costMicrocents: number,
): string[] {
  const spent = spentText({ ...metadata, cost_microcents: costMicrocents });
  const facts = [`by ${plannerText(terminal, metadata)}`, spent, duration(metadata.latency_ms)];
  return [
    facts.filter((fact) => fact !== '').join(', '),
    ...(metadata.reasoning === null ? [] : [paint(terminal, 'dim', oneLine(metadata.reasoning, 500))]),
    ...steps.map(({ step_id, skill, description = '' }) =>
      oneLine(description === '' ? `${step_id} (${skill})` : `${step_id} (${skill}): ${description}`, 200),
    ),
  ];
}
