import { z } from 'zod';
import { userTexts, type MessagesRequest } from '../request.ts';
import type { Json } from '../objects/schema-shape.ts';
import { goalOf } from './goal-of.ts';
import { URL_TEXT } from './rules.ts';

const told = z.object({
  step_id: z.string(),
  skill: z.string(),
  status: z.string(),
  params: z.record(z.string(), z.json()),
  depends_on: z.array(z.string()).default([]),
  description: z.string().optional(),
});

type ToldStep = z.infer<typeof told>;

/** How goals name another place, for when the first fails. */
const OTHERWISE = new RegExp(
  String.raw`\b(?:or else|otherwise|failing that|if (?:that|it) fails)\b(?:(?!https?:).)*?${URL_TEXT}`,
  'is',
);

/**
 * The input of the `revise_plan` tool, by simple rules over what the steps came to: what failed is tried at the place
 * that the goal names for it, else left out with all that needs it; with nothing left the goal is given up.
 */
export function simulatedReview(request: MessagesRequest): Json {
  const steps = outcomesIn(request);
  const toCome = steps.filter(({ status }) => status === 'pending');
  const last = steps.findLast(({ status }) => status !== 'pending');
  if (last?.status !== 'failed') {
    if (toCome.length > 0) return said('continue', 'the steps so far ended well');
    return { ...said('end', 'every step ended'), ...lastOutput(steps) };
  }
  const other = replacementOf(last, goalOf(request));
  if (other !== undefined) {
    const rest = toCome.map((step) => pointedTo(step, last.step_id, other.step_id));
    const why = `${last.step_id} failed; the goal names another place`;
    return { ...said('change', why), steps: [other, ...rest].map(asPlanned) };
  }
  const rest = withoutThoseNeeding(steps);
  if (rest.length === 0) return said('give_up', `${last.step_id} failed and nothing is left without it`);
  return { ...said('change', `${last.step_id} failed and is left out`), steps: rest.map(asPlanned) };
}

function outcomesIn(request: MessagesRequest): ToldStep[] {
  const text = userTexts(request)
    .map((turn) => /<outcomes>\n([\s\S]*?)\n<\/outcomes>/.exec(turn)?.[1])
    .find((found) => found !== undefined);
  return (text ?? '').split('\n').flatMap((line) => {
    const step = told.safeParse(line === '' ? undefined : JSON.parse(line));
    return step.success ? [step.data] : [];
  });
}

function said(decision: string, why: string): Record<string, Json> {
  return { reasoning: `Simulated decision by simple rules, no model was called: ${why}.`, decision };
}

function lastOutput(steps: readonly ToldStep[]): Record<string, Json> {
  const good = steps.findLast(({ status }) => status === 'succeeded');
  return good === undefined ? {} : { output: `\${{ steps.${good.step_id}.output }}` };
}

/** The same call at the other place, once. */
function replacementOf(failed: ToldStep, goal: string): ToldStep | undefined {
  const url = OTHERWISE.exec(goal)?.[1];
  const { url: tried } = failed.params;
  if (url === undefined || tried === undefined || tried === url) return undefined;
  return {
    ...failed,
    step_id: `${failed.step_id}_elsewhere`,
    params: { ...failed.params, url },
    description: `Try ${url}`,
  };
}

/** The step, on the result of another one. */
function pointedTo(step: ToldStep, from: string, to: string): ToldStep {
  const params = JSON.stringify(step.params).replaceAll(`steps.${from}.`, `steps.${to}.`);
  const depends_on = step.depends_on.map((id) => (id === from ? to : id));
  return { ...step, params: JSON.parse(params), depends_on };
}

/** The steps to come that take no result of those that failed; they only came after them. */
function withoutThoseNeeding(steps: readonly ToldStep[]): ToldStep[] {
  const gone = new Set(steps.flatMap(({ step_id, status }) => (status === 'failed' ? [step_id] : [])));
  const toCome = steps.filter(({ status }) => status === 'pending');
  const left = toCome.filter(({ step_id, params }) => {
    const text = JSON.stringify(params);
    const isNeeding = [...gone].some((id) => text.includes(`steps.${id}.`));
    if (isNeeding) gone.add(step_id);
    return !isNeeding;
  });
  return left.map((step) => ({ ...step, depends_on: step.depends_on.filter((id) => !gone.has(id)) }));
}

function asPlanned({ status: _status, ...step }: ToldStep): Json {
  return JSON.parse(JSON.stringify(step));
}
