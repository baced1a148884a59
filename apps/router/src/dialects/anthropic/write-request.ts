import type Anthropic from '@anthropic-ai/sdk';
import type { ChatRequest, ChatTool, Reasoning } from '../../domain/chat/chat-request.ts';
import { upstreamNameOf, type Model } from '../../domain/model.ts';
import { marked, toMessage, toSystem } from './write-message.ts';

type Params = Anthropic.MessageCreateParamsNonStreaming;

/** The call in Anthropic's Messages protocol. */
export function toAnthropicRequest(model: Model, request: ChatRequest): Params {
  const { system, tools, outputTokensMax, stopSequences, endUserId } = request;
  return {
    model: upstreamNameOf(model),
    max_tokens: outputTokensMax ?? model.outputTokensMax,
    messages: request.messages.map(toMessage),
    ...(system.length > 0 && { system: toSystem(system) }),
    ...(model.takesTemperature && samplingOf(request.sampling)),
    ...(stopSequences.length > 0 && { stop_sequences: stopSequences }),
    ...thinkingOf(model, request.reasoning),
    ...outputConfigOf(request),
    ...(tools.length > 0 && { tools: tools.map(toTool), ...choiceOf(request) }),
    ...(endUserId !== undefined && { metadata: { user_id: endUserId } }),
  };
}

function samplingOf({ temperature, topP, topK }: ChatRequest['sampling']) {
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(topK !== undefined && { top_k: topK }),
  };
}

/** Off is said in the words of the model; one that knows none either never thinks by itself or always does. */
function thinkingOf({ thinkingOff }: Model, { mode, tokensMax }: Reasoning = {}): Pick<Params, 'thinking'> {
  if (mode === 'off') return thinkingOff === undefined ? {} : { thinking: { type: thinkingOff } };
  if (mode === 'adaptive') return { thinking: { type: 'adaptive' } };
  if (tokensMax !== undefined) return { thinking: { type: 'enabled', budget_tokens: tokensMax } };
  return {};
}

function outputConfigOf({ reasoning, responseFormat }: ChatRequest): Pick<Params, 'output_config'> {
  const effort = effortOf(reasoning?.effort);
  const format =
    responseFormat.type === 'json_schema'
      ? { type: 'json_schema' as const, schema: responseFormat.schema }
      : undefined;
  if (effort === undefined && format === undefined) return {};
  return { output_config: { ...(effort && { effort }), ...(format && { format }) } };
}

/** What is below `low` has no word of its own. */
function effortOf(effort: Reasoning['effort']) {
  return effort === 'none' || effort === 'minimal' ? 'low' : effort;
}

function toTool({ name, description, inputSchema, isStrict, cache }: ChatTool): Anthropic.Tool {
  return {
    name,
    ...(description !== undefined && { description }),
    input_schema: { ...inputSchema, type: 'object' },
    ...(isStrict !== undefined && { strict: isStrict }),
    ...marked(cache),
  };
}

function choiceOf({ toolChoice, areToolCallsParallel }: ChatRequest): Pick<Params, 'tool_choice'> {
  if (toolChoice === undefined && areToolCallsParallel === undefined) return {};
  const once = areToolCallsParallel === false && { disable_parallel_tool_use: true };
  const choice = toolChoice ?? { type: 'auto' };
  switch (choice.type) {
    case 'tool':
      return { tool_choice: { type: 'tool', name: choice.name, ...once } };
    case 'required':
      return { tool_choice: { type: 'any', ...once } };
    case 'auto':
      return { tool_choice: { type: 'auto', ...once } };
    case 'none':
      return { tool_choice: { type: 'none' } };
  }
}
