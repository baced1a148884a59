import { describe, expect, it } from '@jest/globals';
import { fromAnthropicMessage } from './anthropic-answer.ts';

const message = (more: object = {}) => ({
  id: 'msg_1',
  type: 'message',
  model: 'claude-sonnet-5',
  content: [{ type: 'text', text: 'hello' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 3, output_tokens: 2, cache_read_input_tokens: null },
  ...more,
});

const text = (value: string) => [{ type: 'text', text: value }];
const read = (more: object, hasSchema = false) => fromAnthropicMessage(message(more), { hasSchema });

describe('an answer', () => {
  it('is the texts together, without what was thought', () => {
    const content = [{ type: 'thinking', thinking: 'hm', signature: 's' }, ...text('one '), ...text('two')];
    expect(read({ content })).toEqual({
      ok: true,
      value: {
        responseModel: 'claude-sonnet-5',
        content: 'one two',
        parsed: null,
        stopReason: 'end_turn',
        usage: { freshInputTokens: 3, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 2 },
      },
    });
  });

  it.each([
    ['tool_use', 'end_turn'],
    ['max_tokens', 'max_tokens'],
    ['model_context_window_exceeded', 'max_tokens'],
    ['stop_sequence', 'stop_sequence'],
    ['refusal', 'refusal'],
    ['pause_turn', 'other'],
    ['a new one', 'other'],
    [null, 'other'],
  ])('ends for %s as %s', (given, told) => {
    expect(read({ stop_reason: given })).toMatchObject({ value: { stopReason: told } });
  });

  it('has the input of the tool as its object', () => {
    const content = [...text('I call it.'), { type: 'tool_use', id: 't', name: 'respond', input: { a: 1 } }];
    expect(read({ content }, true)).toMatchObject({ value: { parsed: { a: 1 }, content: 'I call it.' } });
  });

  it.each([
    ['plain', '{"a": {"b": "}"}}'],
    ['in a fence', '```json\n{"a": {"b": "}"}}\n```'],
    ['among words', 'Here it is: {"a": {"b": "}"}} — done.'],
  ])('has the JSON of its text as its object where no tool was called: %s', (_how, value) => {
    expect(read({ content: text(value) }, true)).toMatchObject({ value: { parsed: { a: { b: '}' } } } });
  });

  it.each(['no object', '{"a": ', '[1, 2]', '"text"', '} {', ''])(
    'has none where there is none: %s',
    (value) => {
      expect(read({ content: text(value) }, true)).toMatchObject({ ok: true, value: { parsed: null } });
    },
  );

  it('has none that is nested beyond what can be handled', () => {
    const deep = `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`;
    expect(read({ content: text(deep) }, true)).toMatchObject({ value: { parsed: null } });
    const content = [{ type: 'tool_use', id: 't', name: 'respond', input: JSON.parse(deep) }];
    expect(read({ content }, true)).toMatchObject({ value: { parsed: null } });
  });

  it('has none where none was asked for', () => {
    expect(read({ content: text('{"a": 1}') })).toMatchObject({ value: { parsed: null } });
  });

  it.each([
    ['no object', 'ok'],
    ['without usage', { ...message(), usage: undefined }],
    ['with a usage that is no number', message({ usage: { input_tokens: 'many', output_tokens: 1 } })],
    ['with a negative usage', message({ usage: { input_tokens: -1, output_tokens: 1 } })],
    ['without content', { ...message(), content: null }],
  ])('is a failure of the provider when it breaks the protocol: %s', (_how, broken) => {
    expect(fromAnthropicMessage(broken, { hasSchema: false })).toMatchObject({
      error: { code: 'upstream_error', retryable: true },
    });
  });
});
