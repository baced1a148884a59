import { describe, expect, it } from '@jest/globals';
import { fromAnthropicMessage } from './read-answer.ts';

const message = (more: object = {}) => ({
  id: 'msg_1',
  type: 'message',
  model: 'claude-sonnet-5',
  content: [{ type: 'text', text: 'hello' }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 3, output_tokens: 2, cache_read_input_tokens: null },
  ...more,
});

const read = (more: object) => fromAnthropicMessage(message(more));

describe('an answer', () => {
  it('has every block as a part, also of kinds that are not known', () => {
    const content = [
      { type: 'thinking', thinking: 'hm', signature: 's' },
      { type: 'redacted_thinking', data: 'x' },
      { type: 'text', text: 'one' },
      { type: 'tool_use', id: 't', name: 'f', input: { a: 1 } },
      { type: 'new_kind', more: [1] },
    ];
    expect(read({ content })).toEqual({
      ok: true,
      value: {
        id: 'msg_1',
        responseModel: 'claude-sonnet-5',
        content: [
          { type: 'thinking', text: 'hm', signature: 's' },
          { type: 'hidden_thinking', data: 'x' },
          { type: 'text', text: 'one' },
          { type: 'tool_use', id: 't', name: 'f', inputJson: '{"a":1}' },
          { type: 'foreign', dialect: 'anthropic', value: { type: 'new_kind', more: [1] } },
        ],
        stopReason: 'end_turn',
        usage: { freshInputTokens: 3, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens: 2 },
      },
    });
  });

  it('tells what was cached and what was thought', () => {
    const usage = {
      input_tokens: 3,
      output_tokens: 20,
      cache_read_input_tokens: 5,
      cache_creation_input_tokens: 7,
      output_tokens_details: { thinking_tokens: 11 },
    };
    expect(read({ usage })).toMatchObject({
      value: {
        usage: {
          freshInputTokens: 3,
          cacheReadTokens: 5,
          cacheWriteTokens: 7,
          outputTokens: 20,
          reasoningTokens: 11,
        },
      },
    });
  });

  it.each([
    ['tool_use', 'tool_use'],
    ['max_tokens', 'max_tokens'],
    ['model_context_window_exceeded', 'max_tokens'],
    ['stop_sequence', 'stop_sequence'],
    ['refusal', 'refusal'],
    ['pause_turn', 'pause'],
    ['a new one', 'other'],
    [null, 'other'],
  ])('ends for %s as %s', (given, told) => {
    expect(read({ stop_reason: given })).toMatchObject({ value: { stopReason: told } });
  });

  it.each([
    ['no object', 'ok'],
    ['without usage', { ...message(), usage: undefined }],
    ['with a usage that is no number', message({ usage: { input_tokens: 'many', output_tokens: 1 } })],
    ['with a negative usage', message({ usage: { input_tokens: -1, output_tokens: 1 } })],
    ['without its input', message({ usage: { output_tokens: 1 } })],
    ['without content', { ...message(), content: null }],
  ])('is a failure of the provider when it breaks the protocol: %s', (_how, broken) => {
    expect(fromAnthropicMessage(broken)).toMatchObject({
      error: { code: 'upstream_error', retryable: true },
    });
  });
});
