import { describe, expect, it } from '@jest/globals';
import { objectIn } from './answer-object.ts';
import type { ChatAnswer } from './chat-answer.ts';
import type { AssistantPart } from './chat-part.ts';

const answer = (...content: AssistantPart[]): ChatAnswer => ({
  id: 'a',
  responseModel: 'm',
  content,
  stopReason: 'end_turn',
  usage: { freshInputTokens: 1, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 1 },
});

const text = (value: string): AssistantPart => ({ type: 'text', text: value });
const called = (inputJson: string): AssistantPart => ({ type: 'tool_use', id: 't', name: 'f', inputJson });

describe('the object of an answer', () => {
  it('is the input of the tool', () => {
    expect(objectIn(answer(text('I call it.'), called('{"a":1}')))).toEqual({ a: 1 });
  });

  it.each([
    ['plain', '{"a": {"b": "}"}}'],
    ['in a fence', '```json\n{"a": {"b": "}"}}\n```'],
    ['among words', 'Here it is: {"a": {"b": "}"}} — done.'],
  ])('is the JSON of its text where no tool was called: %s', (_how, value) => {
    expect(objectIn(answer(text(value)))).toEqual({ a: { b: '}' } });
  });

  it.each(['no object', '{"a": ', '[1, 2]', '"text"', '} {', ''])(
    'is none where there is none: %s',
    (value) => {
      expect(objectIn(answer(text(value)))).toBeNull();
      expect(objectIn(answer(called(value)))).toBeNull();
    },
  );

  it('is none that is nested beyond what can be handled', () => {
    const deep = `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`;
    expect(objectIn(answer(text(deep)))).toBeNull();
    expect(objectIn(answer(called(deep)))).toBeNull();
  });
});
