import type Anthropic from '@anthropic-ai/sdk';
import type { LlmRequest } from '@aos/contracts';
import type { ProviderCall } from '../../application/ports.ts';

type Params = Anthropic.MessageCreateParamsNonStreaming;

/** The call in Anthropic's Messages protocol. An answer by a schema is asked for as the input of a tool. */
export function toAnthropicRequest({ model, request }: ProviderCall): Params {
  const { system, response_schema: schema, temperature } = request;
  const tool = schema === undefined ? undefined : toolOf(request, schema);
  const mustAskForTool = tool !== undefined && !model.isToolForced;
  const instructions = [system, mustAskForTool ? callTheTool(tool.name) : undefined].filter(isText);
  return {
    model: model.name,
    max_tokens: request.max_tokens,
    messages: request.messages,
    ...(instructions.length > 0 && { system: instructions.join('\n\n') }),
    ...(temperature !== undefined && model.takesTemperature && { temperature }),
    // What is thought counts as output: `max_tokens` is for the answer.
    ...(model.thinkingOff !== undefined && { thinking: { type: model.thinkingOff } }),
    ...(tool !== undefined && { tools: [tool], tool_choice: choiceOf(tool.name, model.isToolForced) }),
  };
}

/** The one tool of a request; its name tells what for. */
function toolOf({ purpose }: LlmRequest, schema: NonNullable<LlmRequest['response_schema']>): Anthropic.Tool {
  return {
    name: purpose === 'planning' ? 'submit_plan' : 'respond',
    description: purpose === 'planning' ? 'Hands in the plan.' : 'Gives the answer.',
    input_schema: { ...schema, type: 'object' },
  };
}

function choiceOf(name: string, isForced: boolean): Anthropic.ToolChoice {
  const once = { disable_parallel_tool_use: true };
  return isForced ? { type: 'tool', name, ...once } : { type: 'auto', ...once };
}

function callTheTool(name: string): string {
  return `Answer by calling the tool ${name} once, without any text beside it.`;
}

function isText(text: string | undefined): text is string {
  return text !== undefined && text !== '';
}
