import type { LlmRequest } from '@aos/contracts';
import type { Model } from '../model.ts';
import type { ChatRequest } from './chat-request.ts';

/**
 * What services ask for (`router.llm.complete.v1`), as a chat. An answer by a schema is asked for as the input of a tool;
 * thinking is off where the model can do without, since `max_tokens` is for the answer.
 */
export function chatOfLlmRequest(request: LlmRequest, model: Model): ChatRequest {
  const { system, response_schema: schema, temperature, messages, max_tokens: outputTokensMax } = request;
  const tool = schema === undefined ? undefined : answerTool(request, schema);
  const mustAskForTool = tool !== undefined && !model.isToolForced;
  const instructions = [system, mustAskForTool ? callTheTool(tool.name) : undefined].filter(isText);
  return {
    system: instructions.length > 0 ? [{ type: 'text', text: instructions.join('\n\n') }] : [],
    messages: messages.map(({ role, content }) => ({ role, content: [{ type: 'text', text: content }] })),
    tools: tool === undefined ? [] : [tool],
    ...(tool !== undefined && {
      toolChoice: model.isToolForced ? { type: 'tool', name: tool.name } : { type: 'auto' },
      areToolCallsParallel: false,
    }),
    responseFormat: { type: 'text' },
    outputTokensMax,
    sampling: temperature !== undefined && model.takesTemperature ? { temperature } : {},
    stopSequences: [],
    reasoning: { mode: 'off' },
  };
}

/** The one tool of a request; its name tells what for. */
function answerTool(
  { purpose, response_name: name }: LlmRequest,
  schema: NonNullable<LlmRequest['response_schema']>,
) {
  const isPlanning = purpose === 'planning';
  return {
    name: name ?? (isPlanning ? 'submit_plan' : 'respond'),
    description: isPlanning ? 'Hands in the plan.' : 'Gives the answer.',
    inputSchema: { ...schema, type: 'object' },
  };
}

function callTheTool(name: string): string {
  return `Answer by calling the tool ${name} once, without any text beside it.`;
}

function isText(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
