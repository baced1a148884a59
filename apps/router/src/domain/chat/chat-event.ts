import type { ErrorSpec } from '@aos/contracts';
import type { Usage } from '../pricing.ts';
import type { StopReason } from './chat-answer.ts';
import type { ForeignPart, HiddenThinkingPart, RefusalPart } from './chat-part.ts';

/** A part as it begins: texts empty, the rest as it is. */
export type StartedPart =
  | { type: 'text' }
  | { type: 'thinking' }
  | { type: 'tool_use'; id: string; name: string }
  | { type: RefusalPart['type'] }
  | HiddenThinkingPart
  | ForeignPart;

/** What is added to the part that began last; `json` to a tool's input, `signature` to a thought. */
export type PartDelta = { text: string } | { json: string } | { signature: string };

/**
 * A streamed answer, event by event, in no provider's dialect. `start` comes first; parts come one after the other, never
 * interleaved; `end` or `error` comes last and nothing after it.
 */
export type ChatEvent =
  | { type: 'start'; id: string; responseModel: string }
  | { type: 'part.start'; part: StartedPart }
  | { type: 'part.delta'; delta: PartDelta }
  | { type: 'part.end' }
  | { type: 'end'; stopReason: StopReason; stopSequence?: string; usage: Usage }
  /** The provider was lost or failed in mid-answer; `usage`: as far as it had been told. */
  | { type: 'error'; error: ErrorSpec; usage?: Usage };
