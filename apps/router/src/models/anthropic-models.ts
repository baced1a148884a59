import type { Model } from '../domain/model.ts';
import { centsPerMillion } from './cents-per-million.ts';

// Sources. Prices: the LiteLLM price table as mirrored by Wei-Shaw/model-price-repo at f9ff147 (2026-07-24, MIT), and
// Anthropic's price list of 2026-10-08 for the models that are not in it (`*-5-1`, `*-5-5`). Names: the list of
// @anthropic-ai/sdk 1.12.0. Ends of life: the same SDK and Anthropic's page of model deprecations (2026-10-08). What a
// model takes (forced tools, temperature, thinking): Anthropic's migration guides (2026-10-08). Models without a
// published price are not here: a call whose cost cannot be told is not made.

const MILLION_WINDOW = { provider: 'anthropic', contextWindowTokens: 1_000_000 } as const;
const SMALL_WINDOW = { provider: 'anthropic', contextWindowTokens: 200_000 } as const;

/** Takes a temperature and can be told which tool to call. */
const OBEDIENT = { isToolForced: true, takesTemperature: true } as const;
/** Samples as it sees fit. */
const NO_TEMPERATURE = { isToolForced: true, takesTemperature: false } as const;
/** Chooses its tools by itself as well. */
const SELF_WILLED = { isToolForced: false, takesTemperature: false } as const;

/** Claude. */
export const ANTHROPIC_MODELS: readonly Model[] = [
  {
    ...MILLION_WINDOW,
    ...SELF_WILLED,
    name: 'claude-fable-5-1',
    outputTokensMax: 128_000,
    prices: centsPerMillion(1_000, 25, 1_250, 5_000),
  },
  {
    ...MILLION_WINDOW,
    ...SELF_WILLED,
    name: 'claude-mythos-5-1',
    outputTokensMax: 128_000,
    prices: centsPerMillion(1_000, 25, 1_250, 5_000),
  },
  {
    ...MILLION_WINDOW,
    ...SELF_WILLED,
    name: 'claude-opus-5-5',
    outputTokensMax: 128_000,
    prices: centsPerMillion(400, 20, 500, 2_000),
  },
  {
    ...MILLION_WINDOW,
    ...SELF_WILLED,
    name: 'claude-sonnet-5-5',
    outputTokensMax: 128_000,
    prices: centsPerMillion(200, 10, 250, 1_000),
    thinkingOff: 'between_tools',
  },
  {
    ...MILLION_WINDOW,
    ...NO_TEMPERATURE,
    name: 'claude-haiku-5-5',
    outputTokensMax: 128_000,
    prices: centsPerMillion(10, 1, 12.5, 50),
    longPrompt: { aboveTokens: 100_000, prices: centsPerMillion(50, 5, 62.5, 250) },
    thinkingOff: 'disabled',
  },
  {
    ...MILLION_WINDOW,
    ...NO_TEMPERATURE,
    name: 'claude-fable-5',
    outputTokensMax: 128_000,
    prices: centsPerMillion(1_000, 100, 1_250, 5_000),
  },
  {
    ...MILLION_WINDOW,
    ...NO_TEMPERATURE,
    name: 'claude-mythos-5',
    outputTokensMax: 128_000,
    prices: centsPerMillion(1_000, 100, 1_250, 5_000),
  },
  {
    ...MILLION_WINDOW,
    ...NO_TEMPERATURE,
    name: 'claude-opus-5',
    outputTokensMax: 128_000,
    prices: centsPerMillion(500, 50, 625, 2_500),
    thinkingOff: 'disabled',
  },
  {
    ...MILLION_WINDOW,
    ...NO_TEMPERATURE,
    name: 'claude-sonnet-5',
    outputTokensMax: 128_000,
    prices: centsPerMillion(200, 20, 250, 1_000),
    thinkingOff: 'disabled',
  },
  {
    ...MILLION_WINDOW,
    ...NO_TEMPERATURE,
    name: 'claude-opus-4-8',
    outputTokensMax: 128_000,
    prices: centsPerMillion(500, 50, 625, 2_500),
  },
  {
    ...MILLION_WINDOW,
    ...NO_TEMPERATURE,
    name: 'claude-opus-4-7',
    outputTokensMax: 128_000,
    prices: centsPerMillion(500, 50, 625, 2_500),
  },
  {
    ...MILLION_WINDOW,
    ...OBEDIENT,
    name: 'claude-opus-4-6',
    outputTokensMax: 128_000,
    prices: centsPerMillion(500, 50, 625, 2_500),
  },
  {
    ...MILLION_WINDOW,
    ...OBEDIENT,
    name: 'claude-sonnet-4-6',
    outputTokensMax: 64_000,
    prices: centsPerMillion(300, 30, 375, 1_500),
  },
  {
    ...SMALL_WINDOW,
    ...OBEDIENT,
    name: 'claude-opus-4-5-20251101',
    aliases: ['claude-opus-4-5'],
    outputTokensMax: 64_000,
    prices: centsPerMillion(500, 50, 625, 2_500),
  },
  {
    ...SMALL_WINDOW,
    ...OBEDIENT,
    name: 'claude-haiku-4-5-20251001',
    aliases: ['claude-haiku-4-5'],
    outputTokensMax: 64_000,
    prices: centsPerMillion(100, 10, 125, 500),
  },
  {
    ...SMALL_WINDOW,
    ...OBEDIENT,
    name: 'claude-sonnet-4-5-20250929',
    aliases: ['claude-sonnet-4-5'],
    outputTokensMax: 64_000,
    prices: centsPerMillion(300, 30, 375, 1_500),
    endOfLife: '2026-11-30',
    successor: 'claude-sonnet-5-5',
  },
  {
    ...SMALL_WINDOW,
    ...OBEDIENT,
    name: 'claude-opus-4-1-20250805',
    aliases: ['claude-opus-4-1'],
    outputTokensMax: 32_000,
    prices: centsPerMillion(1_500, 150, 1_875, 7_500),
    endOfLife: '2026-08-05',
    successor: 'claude-opus-4-8',
  },
  {
    ...SMALL_WINDOW,
    ...OBEDIENT,
    name: 'claude-opus-4-20250514',
    aliases: ['claude-opus-4-0', 'claude-4-opus-20250514'],
    outputTokensMax: 32_000,
    prices: centsPerMillion(1_500, 150, 1_875, 7_500),
    endOfLife: '2026-06-15',
    successor: 'claude-opus-4-8',
  },
  {
    ...SMALL_WINDOW,
    ...OBEDIENT,
    name: 'claude-sonnet-4-20250514',
    aliases: ['claude-sonnet-4-0', 'claude-4-sonnet-20250514'],
    outputTokensMax: 64_000,
    prices: centsPerMillion(300, 30, 375, 1_500),
    endOfLife: '2026-06-15',
    successor: 'claude-sonnet-5',
  },
];
