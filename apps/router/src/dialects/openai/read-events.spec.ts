import { describe, expect, it } from '@jest/globals';
import { OpenAiEvents } from './read-events.ts';

const chunk = (delta: object, more: object = {}) => ({
  id: 'c1',
  model: 'gpt',
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
});
const usage = { prompt_tokens: 12, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 4 } };
const last = { id: 'c1', model: 'gpt', choices: [], usage };
const call = (index: number, more: object) => ({ tool_calls: [{ index, ...more }] });

function readAll(chunks: object[]) {
  const reader = new OpenAiEvents();
  return [...chunks.flatMap((event) => reader.read(event)), ...reader.close()];
}

describe('a stream of chat completions', () => {
  it('is text and tool calls one after the other, and its usage comes with its end', () => {
    const events = readAll([
      chunk({ role: 'assistant', content: '' }),
      chunk({ content: 'Let me ' }),
      chunk({ content: 'look.' }),
      chunk(call(0, { id: 'a', function: { name: 'f', arguments: '' } })),
      chunk(call(0, { function: { arguments: '{"x":' } })),
      chunk(call(0, { function: { arguments: '1}' } })),
      chunk(call(1, { id: 'b', function: { name: 'g', arguments: '{}' } })),
      chunk({}, { finish_reason: 'tool_calls' }),
      last,
    ]);
    expect(events).toEqual([
      { type: 'start', id: 'c1', responseModel: 'gpt' },
      { type: 'part.start', part: { type: 'text' } },
      { type: 'part.delta', delta: { text: 'Let me ' } },
      { type: 'part.delta', delta: { text: 'look.' } },
      { type: 'part.end' },
      { type: 'part.start', part: { type: 'tool_use', id: 'a', name: 'f' } },
      { type: 'part.delta', delta: { json: '{"x":' } },
      { type: 'part.delta', delta: { json: '1}' } },
      { type: 'part.end' },
      { type: 'part.start', part: { type: 'tool_use', id: 'b', name: 'g' } },
      { type: 'part.delta', delta: { json: '{}' } },
      { type: 'part.end' },
      {
        type: 'end',
        stopReason: 'tool_use',
        usage: { freshInputTokens: 8, cacheReadTokens: 4, cacheWriteTokens: 0, outputTokens: 5 },
      },
    ]);
  });

  it('that ends without a reason was cut', () => {
    expect(readAll([chunk({ content: 'a' })]).at(-1)).toMatchObject({
      type: 'error',
      error: { code: 'upstream_error' },
    });
  });

  it('that breaks the protocol has failed, once', () => {
    const events = readAll([chunk({ content: 'a' }), { error: 'no' }, chunk({ content: 'b' })]);
    expect(events.filter(({ type }) => type === 'error')).toHaveLength(1);
  });
});
