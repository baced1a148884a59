import type { Usage } from '../pricing.ts';
import type { AssistantPart } from './chat-part.ts';

/** Why a model stopped. */
export type StopReason =
  | 'end_turn'
  | 'max_tokens'
  | 'stop_sequence'
  /** It waits for the results of the tools it asked for. */
  | 'tool_use'
  | 'refusal'
  /** The provider paused a long turn; the conversation as it is goes on. */
  | 'pause'
  | 'other';

/** What a model answered, in no provider's dialect. */
export interface ChatAnswer {
  /** The provider's id of the answer. */
  id: string;
  /** The model as the provider named itself. */
  responseModel: string;
  content: AssistantPart[];
  stopReason: StopReason;
  /** The one that was met. */
  stopSequence?: string;
  usage: Usage;
}

/** The texts of an answer together, without what was thought. */
export function textOf(content: readonly AssistantPart[]): string {
  return content.map((part) => (part.type === 'text' ? part.text : '')).join('');
}
