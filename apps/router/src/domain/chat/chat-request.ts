import type { AssistantPart, CacheMark, SystemPart, UserPart } from './chat-part.ts';
import type { JsonObject, JsonValue } from './json-value.ts';

/** A turn. `system` in the midst of a conversation; what stands before it is `ChatRequest.system`. */
export type ChatMessage =
  | { role: 'system'; content: SystemPart[] }
  | { role: 'user'; content: UserPart[]; name?: string }
  | { role: 'assistant'; content: AssistantPart[]; name?: string };

/** A tool the model may ask for. */
export interface ChatTool {
  name: string;
  description?: string;
  /** JSON Schema of its arguments, an object. */
  inputSchema: JsonObject;
  /** The provider holds the model to the schema. */
  isStrict?: boolean;
  cache?: CacheMark;
}

export type ToolChoice = { type: 'auto' | 'required' | 'none' } | { type: 'tool'; name: string };

/** The form of the answer. */
export type ResponseFormat =
  | { type: 'text' }
  | { type: 'json_object' }
  | { type: 'json_schema'; name: string; schema: JsonObject; description?: string; isStrict?: boolean };

/** How much the model thinks before it answers; what is absent is the provider's default. */
export interface Reasoning {
  /** `off`: not at all, where the model can do without. `adaptive`: as it sees fit. */
  mode?: 'off' | 'adaptive' | 'on';
  effort?: 'none' | 'minimal' | 'low' | 'medium' | 'high' | 'xhigh' | 'max';
  /** The most tokens of thought, a part of the output. */
  tokensMax?: number;
}

/** How the next token is drawn; absent: the provider's defaults. */
interface Sampling {
  temperature?: number;
  topP?: number;
  topK?: number;
  seed?: number;
  frequencyPenalty?: number;
  presencePenalty?: number;
}

/**
 * One call of a model, in no provider's dialect: what OpenAI's Chat Completions and Anthropic's Messages both map to and
 * can be made of again.
 */
export interface ChatRequest {
  system: SystemPart[];
  messages: ChatMessage[];
  tools: ChatTool[];
  toolChoice?: ToolChoice;
  /** Default: the provider's, which is true. */
  areToolCallsParallel?: boolean;
  responseFormat: ResponseFormat;
  /** The most the model may write, its thoughts included; absent: as much as it can. */
  outputTokensMax?: number;
  sampling: Sampling;
  stopSequences: string[];
  reasoning?: Reasoning;
  /** The caller's own user, for the provider's detection of abuse. */
  endUserId?: string;
  /** Fields of the caller's API that only providers of the same dialect know; left out for every other one. */
  foreign?: { dialect: string; fields: Record<string, JsonValue> };
}
