import type { JsonValue } from './json-value.ts';

/** A mark after which the provider may keep the prompt in its cache; the longer time costs more to write. */
export interface CacheMark {
  /** Absent: the provider's default. */
  ttl?: '5m' | '1h';
}

interface Marked {
  cache?: CacheMark;
}

/** Bytes by where they are. */
export type MediaSource =
  | { type: 'url'; url: string }
  | { type: 'base64'; mediaType: string; data: string }
  /** Uploaded to the provider before. */
  | { type: 'file'; fileId: string };

export interface TextPart extends Marked {
  type: 'text';
  text: string;
}

export interface ImagePart extends Marked {
  type: 'image';
  source: MediaSource;
  /** How closely the model looks (OpenAI). */
  detail?: 'low' | 'high' | 'auto';
}

/** A document, such as a PDF. */
export interface FilePart extends Marked {
  type: 'file';
  source: MediaSource;
  name?: string;
}

/** The model wants a tool to be called. */
export interface ToolUsePart extends Marked {
  type: 'tool_use';
  id: string;
  name: string;
  /** The arguments as the model wrote them: JSON as a rule, but cut or broken where the model's output was. */
  inputJson: string;
}

/** What became of a tool's call. */
export interface ToolResultPart extends Marked {
  type: 'tool_result';
  toolUseId: string;
  content: (TextPart | ImagePart | FilePart)[];
  isError?: boolean;
}

/** What the model thought; providers that sign it want it back unchanged. */
interface ThinkingPart {
  type: 'thinking';
  text: string;
  signature?: string;
}

/** Thoughts that only the provider can read. */
export interface HiddenThinkingPart {
  type: 'hidden_thinking';
  data: string;
}

/** The model's own words why it does not answer (OpenAI keeps them apart from the text). */
export interface RefusalPart {
  type: 'refusal';
  text: string;
}

/** A part that only one provider's API has, as it stands there; it is left out for every other one. */
export interface ForeignPart {
  type: 'foreign';
  dialect: string;
  value: JsonValue;
}

export type SystemPart = TextPart;
export type UserPart = TextPart | ImagePart | FilePart | ToolResultPart | ForeignPart;
export type AssistantPart =
  TextPart | ThinkingPart | HiddenThinkingPart | ToolUsePart | RefusalPart | ForeignPart;
