import type { Message } from '@anthropic-ai/sdk/resources/messages';
import { textAnswer, toolAnswer } from './answer.ts';
import { fittingObject } from './objects/fitting-object.ts';
import type { Json } from './objects/schema-shape.ts';
import { simulatedPlan } from './plan/simulated-plan.ts';
import { simulatedReview } from './plan/simulated-review.ts';
import { forcedTool, userTexts, type MessagesRequest } from './request.ts';

const PLAN_TOOL = 'submit_plan';
const REVIEW_TOOL = 'revise_plan';
const QUOTED_CHARS_MAX = 200;

/** What the sandbox answers by its simple rules: a plan, how to go on with one, an object that fits the forced tool, else a short text. */
export function defaultAnswer(request: MessagesRequest): Message {
  const tool = forcedTool(request);
  if (tool === undefined) return textAnswer(request, shortText(request));
  return toolAnswer(request, tool.name, inputOf(tool.name, tool.input_schema ?? {}, request));
}

function inputOf(tool: string, schema: Record<string, unknown>, request: MessagesRequest): Json {
  if (tool === PLAN_TOOL) return simulatedPlan(request, schema);
  if (tool === REVIEW_TOOL) return simulatedReview(request);
  return fittingObject(schema, userTexts(request).join('\n'));
}

function shortText(request: MessagesRequest): string {
  const asked = userTexts(request).at(-1)?.replaceAll(/\s+/g, ' ').trim() ?? '';
  const quoted = asked.length > QUOTED_CHARS_MAX ? `${asked.slice(0, QUOTED_CHARS_MAX)}…` : asked;
  return `Simulated answer (no model was called) to: ${quoted}`;
}
