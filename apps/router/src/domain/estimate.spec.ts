import { llmRequest, type LlmRequest } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import { MODELS } from '../models/models.ts';
import { estimateInputTokens, estimateMicrocents } from './estimate.ts';
import { findModel, type Model } from './model.ts';

function sonnet(): Model {
  const model = findModel(MODELS, 'claude-sonnet-5');
  if (model === undefined) throw new Error('the table has lost its default');
  return model;
}

const INPUT = 200;
const OUTPUT = 1_000;

const requestOf = (more: Partial<LlmRequest>): LlmRequest =>
  llmRequest.parse({
    purpose: 'skill',
    messages: [{ role: 'user', content: 'ab' }],
    max_tokens: 100,
    ...more,
  });

function estimate(more: Partial<LlmRequest>): number {
  const request = requestOf(more);
  const inputTokens = estimateInputTokens(request);
  return estimateMicrocents(sonnet(), { inputTokens, outputTokensMax: request.max_tokens });
}

describe('the estimate', () => {
  it('is a token for two bytes, what is around messages, and all the output allowed', () => {
    expect(estimate({})).toBe((1 + 20) * INPUT + 100 * OUTPUT);
    expect(estimate({ max_tokens: 50_000 }) - estimate({})).toBe(49_900 * OUTPUT);
  });

  it('counts bytes, not characters', () => {
    const content = '漢'.repeat(20);
    expect(estimate({ messages: [{ role: 'user', content }] })).toBe((30 + 20) * INPUT + 100 * OUTPUT);
  });

  it('counts the system prompt and every message', () => {
    const messages = [
      { role: 'user' as const, content: 'abcd' },
      { role: 'assistant' as const, content: 'abcd' },
      { role: 'user' as const, content: 'abcd' },
    ];
    expect(estimate({ system: 'x'.repeat(1_000), messages })).toBe((500 + 6 + 40) * INPUT + 100 * OUTPUT);
  });

  it('counts a schema and what the provider says about tools', () => {
    const schema = { type: 'object', properties: { answer: { type: 'string' } } };
    const bytes = JSON.stringify(schema).length;
    const more = estimate({ response_schema: schema }) - estimate({});
    expect(more).toBe((1_000 + Math.ceil(bytes / 2)) * INPUT);
  });

  it('counts all that the model can write where no most is named', () => {
    const { outputTokensMax } = sonnet();
    expect(estimateMicrocents(sonnet(), { inputTokens: 1 })).toBe(INPUT + outputTokensMax * OUTPUT);
  });
});
