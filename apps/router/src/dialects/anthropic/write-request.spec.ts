import { llmRequest, type LlmRequest } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import { chatOfLlmRequest } from '../../domain/chat/chat-of-llm-request.ts';
import { findModel, type Model } from '../../domain/model.ts';
import { MODELS } from '../../models/models.ts';
import { toAnthropicRequest } from './write-request.ts';

const SCHEMA = { properties: { answer: { type: 'string' } } };

function modelOf(name: string): Model {
  const model = findModel(MODELS, name);
  if (model === undefined) throw new Error(`the table has lost ${name}`);
  return model;
}

function sent(name: string, more: Partial<LlmRequest> = {}) {
  const messages = [{ role: 'user', content: 'hi' }];
  const model = modelOf(name);
  return toAnthropicRequest(
    model,
    chatOfLlmRequest(llmRequest.parse({ purpose: 'skill', messages, ...more }), model),
  );
}

describe('a request in the Messages protocol', () => {
  it('has no more than was asked for', () => {
    expect(sent('claude-opus-4-6')).toEqual({
      model: 'claude-opus-4-6',
      max_tokens: 1024,
      messages: [{ role: 'user', content: 'hi' }],
    });
  });

  it('names the model by its own name', () => {
    expect(sent('claude-haiku-4-5').model).toBe('claude-haiku-4-5-20251001');
  });

  it('has the system prompt and a temperature where the model takes one', () => {
    const more = { system: 'Be brief.', temperature: 0 };
    expect(sent('claude-opus-4-6', more)).toMatchObject(more);
    expect(sent('claude-sonnet-5', more)).not.toHaveProperty('temperature');
    expect(sent('claude-sonnet-5', { system: '' })).not.toHaveProperty('system');
  });

  it('leaves all of max_tokens to the answer where thinking can be turned off', () => {
    expect(sent('claude-sonnet-5').thinking).toEqual({ type: 'disabled' });
    expect(sent('claude-sonnet-5-5').thinking).toEqual({ type: 'between_tools' });
    expect(sent('claude-opus-5-5')).not.toHaveProperty('thinking');
  });

  it('forces one call of the tool whose input is the answer', () => {
    expect(sent('claude-sonnet-5', { response_schema: SCHEMA })).toMatchObject({
      tools: [{ name: 'respond', input_schema: { type: 'object', ...SCHEMA } }],
      tool_choice: { type: 'tool', name: 'respond', disable_parallel_tool_use: true },
    });
    expect(sent('claude-sonnet-5', { response_schema: SCHEMA, purpose: 'planning' })).toMatchObject({
      tools: [{ name: 'submit_plan' }],
      tool_choice: { name: 'submit_plan' },
    });
  });

  it('asks in words where the model cannot be forced', () => {
    const request = sent('claude-sonnet-5-5', { response_schema: SCHEMA, system: 'Be brief.' });
    expect(request).toMatchObject({
      tools: [{ name: 'respond' }],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      system: expect.stringMatching(/^Be brief\.\n\n.*calling the tool respond once/),
    });
  });
});
