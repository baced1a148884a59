import type { Model, Prices } from './model.ts';

/** Tokens as a provider bills them; the kinds exclude each other. */
export interface Usage {
  /** Without what was read from the cache or written to it. */
  freshInputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
  /** Of the output, what was thought; absent: the provider does not tell. */
  reasoningTokens?: number;
}

/** All that went in, from the cache and to it included. */
export function inputTokensOf({ freshInputTokens, cacheReadTokens, cacheWriteTokens }: Usage): number {
  return freshInputTokens + cacheReadTokens + cacheWriteTokens;
}

/** Integer micro-cents; each kind of token is a line of its own, rounded up once. */
export function costOf(model: Model, usage: Usage): number {
  const prices = pricesFor(model, inputTokensOf(usage));
  return (
    lineCost(usage.freshInputTokens, prices.input) +
    lineCost(usage.cacheReadTokens, prices.cacheRead) +
    lineCost(usage.cacheWriteTokens, prices.cacheWrite) +
    lineCost(usage.outputTokens, prices.output)
  );
}

function pricesFor({ prices, longPrompt }: Model, inputTokens: number): Prices {
  return longPrompt !== undefined && inputTokens > longPrompt.aboveTokens ? longPrompt.prices : prices;
}

const MILLION = 1_000_000n;

/** In whole numbers of any size: two million tokens of a dear model times their price are past what a double holds exactly. */
function lineCost(tokens: number, price: number): number {
  return Number((BigInt(tokens) * BigInt(price) + MILLION - 1n) / MILLION);
}
