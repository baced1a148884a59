import type { LlmRequest, PlanStepInput } from '@aos/contracts';
import { SKILL_NAMES } from './outside.ts';
import type { Random } from './random.ts';

/** A step as its planner is told of it. */
interface Told {
  step_id: string;
  status: string;
  params: PlanStepInput['params'];
}

export const isReview = ({ response_name: name }: LlmRequest): boolean => name === 'revise_plan';

/** The steps a planner is told of. */
export function toldSteps({ messages }: Pick<LlmRequest, 'messages'>): Told[] {
  const [, text = ''] = /<outcomes>\n([\s\S]*?)\n<\/outcomes>/.exec(messages[0]?.content ?? '') ?? [];
  return text === '' ? [] : text.split('\n').map((line) => JSON.parse(line) as Told);
}

/** How a run goes on, drawn; `name` begins the ids of new steps. Some answers cannot be followed. */
export function drawnReview(random: Random, steps: readonly Told[], name: string): object {
  const reasoning = 'drawn';
  const isOver = steps.every(({ status }) => status !== 'pending');
  if (random.isTrue(0.05)) return { reasoning, decision: 'change', steps: steps.slice(0, 1) };
  if (random.isTrue(0.4)) return { reasoning, decision: 'change', steps: newSteps(random, steps, name) };
  if (isOver) {
    if (random.isTrue(0.15)) return { reasoning, decision: 'give_up' };
    const good = steps.findLast(({ status }) => status === 'succeeded');
    const output = good === undefined ? null : { last: `\${{ steps.${good.step_id}.output.n }}` };
    return { reasoning, decision: 'end', output };
  }
  return { reasoning, decision: random.isTrue(0.9) ? 'continue' : 'end' };
}

/** A sequence, or steps that are called at once; some take what a step gave before. */
function newSteps(random: Random, steps: readonly Told[], name: string): PlanStepInput[] {
  const good = steps.filter(({ status }) => status === 'succeeded');
  const isSequence = random.isTrue(0.6);
  return Array.from({ length: random.int(1, 3) }, (_, index) => ({
    step_id: `${name}_${index}`,
    skill: random.pick(SKILL_NAMES),
    params: {
      n:
        good.length > 0 && random.isTrue(0.5) ? `\${{ steps.${random.pick(good).step_id}.output.n }}` : index,
      fails: random.isTrue(0.3) ? random.int(1, 3) : 0,
      bugs: 0,
      takes_ms: random.isTrue(0.2) ? random.int(100, 6_000) : 0,
      ...(random.isTrue(0.5) ? { undo: { n: index, fails: random.int(0, 2), bugs: 0, takes_ms: 0 } } : {}),
    },
    retry: {
      maximum_attempts: random.int(1, 3),
      initial_interval_ms: random.pick([0, 200, 3_000, 12_000]),
      backoff_coefficient: 2,
      maximum_interval_ms: 30_000,
    },
    ...(isSequence ? {} : { depends_on: [] }),
  }));
}
