import { describe, expect, it } from '@jest/globals';
import type { Model } from './model.ts';
import { costOf, inputTokensOf, type Usage } from './pricing.ts';

const model: Model = {
  name: 'claude-test',
  provider: 'anthropic',
  contextWindowTokens: 1_000_000,
  outputTokensMax: 1_000,
  prices: { input: 300_000_000, cacheRead: 30_000_000, cacheWrite: 375_000_000, output: 1_500_000_000 },
  isToolForced: true,
  takesTemperature: true,
};

const usage = (tokens: Partial<Usage>): Usage => ({
  freshInputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  outputTokens: 0,
  ...tokens,
});

describe('the cost of a call', () => {
  it('is tokens times price for each kind of token', () => {
    expect(costOf(model, usage({ freshInputTokens: 1_000_000 }))).toBe(300_000_000);
    expect(costOf(model, usage({ cacheReadTokens: 1_000_000 }))).toBe(30_000_000);
    expect(costOf(model, usage({ cacheWriteTokens: 1_000_000 }))).toBe(375_000_000);
    expect(costOf(model, usage({ outputTokens: 1_000_000 }))).toBe(1_500_000_000);
    expect(costOf(model, usage({}))).toBe(0);
  });

  it('is rounded up once for each kind', () => {
    const odd: Model = {
      ...model,
      prices: { input: 1, cacheRead: 1_000_001, cacheWrite: 1, output: 999_999 },
    };
    expect(costOf(odd, usage({ freshInputTokens: 1 }))).toBe(1);
    expect(costOf(odd, usage({ freshInputTokens: 1_000_000 }))).toBe(1);
    expect(costOf(odd, usage({ freshInputTokens: 1_000_001 }))).toBe(2);
    expect(costOf(odd, usage({ cacheReadTokens: 3 }))).toBe(4);
    expect(
      costOf(odd, usage({ freshInputTokens: 1, cacheReadTokens: 1, cacheWriteTokens: 1, outputTokens: 1 })),
    ).toBe(1 + 2 + 1 + 1);
  });

  it('is exact where a double would not be', () => {
    const dear: Model = { ...model, prices: { ...model.prices, output: 5_000_000_001 } };
    // 3,000,001 × 5,000,000,001 = 15,000,005,003,000,001
    expect(costOf(dear, usage({ outputTokens: 3_000_001 }))).toBe(15_000_005_004);
  });

  it('goes by the prices of long prompts as soon as all input together is longer', () => {
    const long = {
      input: 600_000_000,
      cacheRead: 60_000_000,
      cacheWrite: 750_000_000,
      output: 3_000_000_000,
    };
    const tiered: Model = { ...model, longPrompt: { aboveTokens: 100, prices: long } };
    const short = usage({ freshInputTokens: 60, cacheReadTokens: 40, outputTokens: 10 });
    expect(costOf(tiered, short)).toBe(60 * 300 + 40 * 30 + 10 * 1_500);
    expect(costOf(tiered, { ...short, cacheWriteTokens: 1 })).toBe(60 * 600 + 40 * 60 + 750 + 10 * 3_000);
  });
});

describe('the input of a call', () => {
  it('is all that went in', () => {
    const all = usage({
      freshInputTokens: 1,
      cacheReadTokens: 20,
      cacheWriteTokens: 300,
      outputTokens: 4_000,
    });
    expect(inputTokensOf(all)).toBe(321);
  });
});
