import { z } from 'zod';
import { microcents } from './values.ts';

/** What is counted. Tokens and model cost come from `llm.completed` alone, runs and steps from `run.finished`. */
export const METERS = ['llm_calls', 'llm_input_tokens', 'llm_output_tokens', 'runs', 'steps'] as const;
export const meter = z.enum(METERS);
export type Meter = z.infer<typeof meter>;

export const USAGE_GROUPS = ['meter', 'agent', 'model', 'day'] as const;
export type UsageGroup = (typeof USAGE_GROUPS)[number];

/** A UTC day, `2026-01-31`. */
export const utcDay = z.iso.date();

/**
 * A line of usage. A field that was not grouped by is null, as is the agent or model where there is none. What a model
 * call cost stands on `llm_calls` as a whole: `llm.completed` does not say how it divides, so tokens cost 0 here. Runs
 * and steps cost 0: what they spent is in the calls.
 */
export const usageRow = z.object({
  meter,
  agent_id: z.string().nullable(),
  model: z.string().nullable(),
  day: utcDay.nullable(),
  quantity: z.int().nonnegative(),
  cost_microcents: microcents,
  cost_cents: z.number(),
});

export type UsageRow = z.infer<typeof usageRow>;
