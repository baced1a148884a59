import { JSON_DEPTH_MAX, isDeeperThan, type LlmCompletion } from '@aos/contracts';
import { textOf, type ChatAnswer } from './chat-answer.ts';

/** The object an answer holds: the input of the first tool asked for; of a model that asked for none, the JSON of its text. */
export function objectIn({ content }: ChatAnswer): LlmCompletion['parsed'] {
  const called = content.find((part) => part.type === 'tool_use');
  const found = called === undefined ? jsonIn(textOf(content)) : read(called.inputJson);
  if (typeof found !== 'object' || found === null || Array.isArray(found)) return null;
  return isDeeperThan(found, JSON_DEPTH_MAX) ? null : found;
}

/** From the first brace to the last, as models like to put words or a fence around it. */
function jsonIn(text: string): LlmCompletion['parsed'] {
  return read(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));
}

function read(json: string): LlmCompletion['parsed'] {
  try {
    return JSON.parse(json);
  } catch {
    return null;
  }
}
