import type OpenAI from 'openai';
import type { ChatRequest, ChatTool, ResponseFormat, ToolChoice } from '../../domain/chat/chat-request.ts';
import { upstreamNameOf, type Model } from '../../domain/model.ts';
import { toMessages } from './write-message.ts';

type Params = OpenAI.Chat.ChatCompletionCreateParamsNonStreaming;

/** The call in OpenAI's Chat Completions protocol. */
export function toOpenAiRequest(model: Model, request: ChatRequest): Params {
  const { tools, toolChoice, areToolCallsParallel, outputTokensMax, stopSequences, endUserId } = request;
  const format = formatOf(request.responseFormat);
  const effort = request.reasoning?.effort;
  return {
    model: upstreamNameOf(model),
    messages: toMessages(request),
    ...(outputTokensMax !== undefined && { [tokensField(model)]: outputTokensMax }),
    ...(model.takesTemperature && samplingOf(request.sampling)),
    ...(stopSequences.length > 0 && { stop: stopSequences }),
    ...(effort !== undefined && { reasoning_effort: effort }),
    ...(format !== undefined && { response_format: format }),
    ...(tools.length > 0 && { tools: tools.map(toTool) }),
    ...(tools.length > 0 && toolChoice !== undefined && { tool_choice: toChoice(toolChoice) }),
    ...(tools.length > 0 &&
      areToolCallsParallel !== undefined && { parallel_tool_calls: areToolCallsParallel }),
    ...(endUserId !== undefined && { safety_identifier: endUserId }),
  };
}

/** OpenAI's own models want the new name, other servers know the old one. */
function tokensField({ provider }: Model): 'max_completion_tokens' | 'max_tokens' {
  return provider === 'openai' ? 'max_completion_tokens' : 'max_tokens';
}

function samplingOf({ temperature, topP, seed, frequencyPenalty, presencePenalty }: ChatRequest['sampling']) {
  return {
    ...(temperature !== undefined && { temperature }),
    ...(topP !== undefined && { top_p: topP }),
    ...(seed !== undefined && { seed }),
    ...(frequencyPenalty !== undefined && { frequency_penalty: frequencyPenalty }),
    ...(presencePenalty !== undefined && { presence_penalty: presencePenalty }),
  };
}

function formatOf(format: ResponseFormat): Params['response_format'] | undefined {
  if (format.type !== 'json_schema') return format.type === 'text' ? undefined : format;
  const { name, schema, description, isStrict } = format;
  return {
    type: 'json_schema',
    json_schema: {
      name,
      schema,
      ...(description !== undefined && { description }),
      ...(isStrict !== undefined && { strict: isStrict }),
    },
  };
}

function toTool({ name, description, inputSchema, isStrict }: ChatTool): OpenAI.Chat.ChatCompletionTool {
  return {
    type: 'function',
    function: {
      name,
      ...(description !== undefined && { description }),
      parameters: inputSchema,
      ...(isStrict !== undefined && { strict: isStrict }),
    },
  };
}

function toChoice(choice: ToolChoice): OpenAI.Chat.ChatCompletionToolChoiceOption {
  return choice.type === 'tool' ? { type: 'function', function: { name: choice.name } } : choice.type;
}
