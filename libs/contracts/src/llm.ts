import { z } from 'zod';
import { id, microcents } from './values.ts';

/** What a model call is for; a tenant's policy may give each its own model. */
export const LLM_PURPOSES = ['planning', 'skill', 'judge'] as const;

/** What is paid for: the services' calls, and what clients ask at the public endpoints. */
export const SPEND_PURPOSES = [...LLM_PURPOSES, 'client'] as const;

/** A turn of a conversation with a model. */
export const llmMessage = z.strictObject({
  role: z.enum(['user', 'assistant']),
  content: z.string().min(1).max(400_000),
});

/** One call of a model, in no provider's dialect. */
export const llmRequest = z.strictObject({
  purpose: z.enum(LLM_PURPOSES),
  /** Absent: the tenant's default model. */
  model: z.string().min(1).max(200).optional(),
  system: z.string().max(100_000).optional(),
  messages: z.array(llmMessage).min(1).max(200),
  /** The most the model may write. */
  max_tokens: z.int().min(1).max(64_000).default(1024),
  /** Left out for models that take none. */
  temperature: z.number().min(0).max(1).optional(),
  /** JSON Schema of an object the answer must be; `parsed` holds it then. The schema guides the model, the caller checks. */
  response_schema: z.record(z.string(), z.json()).optional(),
  /** Names the answer by `response_schema` to the model. Absent: `submit_plan` for planning, else `respond`. */
  response_name: z
    .string()
    .regex(/^[a-z][a-z_]{0,63}$/)
    .optional(),
  /** Refused before the call where the estimate is higher (402, with the estimate in the details). Absent: no cap. */
  max_cost_microcents: microcents.optional(),
  /** For whom tokens and cost are metered. */
  run_id: id.optional(),
  agent_id: id.optional(),
});

export const LLM_STOP_REASONS = ['end_turn', 'max_tokens', 'stop_sequence', 'refusal', 'other'] as const;

/** What a model answered and what it took. */
export const llmCompletion = z.object({
  /** Of the spend row; the subject of `llm.completed`. */
  request_id: id,
  provider: z.string(),
  /** The model that was asked for, with aliases resolved: what prices go by. */
  model: z.string(),
  /** The model as the provider named itself in the answer. */
  response_model: z.string(),
  content: z.string(),
  /** The object that was asked for by `response_schema`; null: none was asked for, or the answer was not JSON. */
  parsed: z.json().nullable(),
  stop_reason: z.enum(LLM_STOP_REASONS),
  /** Input in all, tokens read from and written to the provider's cache included. */
  input_tokens: z.int().nonnegative(),
  cache_read_tokens: z.int().nonnegative(),
  cache_write_tokens: z.int().nonnegative(),
  output_tokens: z.int().nonnegative(),
  cost_microcents: microcents,
  cost_cents: z.number(),
  latency_ms: z.int().nonnegative(),
  /** True where the idempotency key had been used: nothing was called or paid again. */
  replayed: z.boolean(),
});

export type LlmRequest = z.infer<typeof llmRequest>;
export type LlmCompletion = z.infer<typeof llmCompletion>;
