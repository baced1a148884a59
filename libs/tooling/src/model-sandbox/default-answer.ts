import type { Message } from '@anthropic-ai/sdk/resources/messages';
import { textAnswer, toolAnswer } from './answer.ts';
import { fittingObject } from './objects/fitting-object.ts';
import { simulatedPlan } from './plan/simulated-plan.ts';
import { forcedTool, userTexts, type MessagesRequest } from './request.ts';

const PLAN_TOOL = 'submit_plan';
const QUOTED_CHARS_MAX = 200;

/** What the sandbox answers by its simple rules: a plan, an object that fits the forced tool, else a short text. */
export function defaultAnswer(request: MessagesRequest): Message {
  const tool = forcedTool(request);
  if (tool === undefined) return textAnswer(request, shortText(request));
  const schema = tool.input_schema ?? {};
  const input =
    tool.name === PLAN_TOOL
      ? simulatedPlan(request, schema)
      : fittingObject(schema, userTexts(request).join('\n'));
  return toolAnswer(request, tool.name, input);
}

function shortText(request: MessagesRequest): string {
  const asked = userTexts(request).at(-1)?.replaceAll(/\s+/g, ' ').trim() ?? '';
  const quoted = asked.length > QUOTED_CHARS_MAX ? `${asked.slice(0, QUOTED_CHARS_MAX)}…` : asked;
  return `Simulated answer (no model was called) to: ${quoted}`;
}
