import { z } from 'zod';
import { cents } from '../values.ts';

const tokens = z.int().min(1);

/** In cents per million tokens; absent: the server bills nothing. */
const prices = z.strictObject({
  input: cents,
  /** Absent: as fresh input. */
  cache_read: cents.optional(),
  cache_write: cents.optional(),
  output: cents.default(0),
});

const llmModel = z.strictObject({
  /** What callers ask for. */
  name: z.string().min(1).max(200),
  /** The server's own name for it; absent: the same. */
  upstream_name: z.string().min(1).max(200).optional(),
  kind: z.enum(['chat', 'embedding']).default('chat'),
  context_window_tokens: tokens.default(128_000),
  output_tokens_max: tokens.default(16_384),
  takes_temperature: z.boolean().default(true),
  /** It can be told which tool to call. */
  is_tool_forced: z.boolean().default(true),
  cents_per_million_tokens: prices.default({ input: 0, output: 0 }),
});

/** A server that runs models, such as Ollama or vLLM, by the protocol it speaks. */
const llmProvider = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]{0,31}$/, 'must match [a-z][a-z0-9-]{0,31}'),
  dialect: z.enum(['openai', 'anthropic']).default('openai'),
  /** As its SDK takes it: with `/v1` for openai, without it for anthropic. */
  base_url: z.url({ protocol: /^https?$/ }),
  api_key: z.string().default(''),
  models: z.array(llmModel).min(1),
});

/** Further providers of models, as JSON text. */
export const llmProviders = z
  .string()
  .default('[]')
  .transform((text, context) => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'is not JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.array(llmProvider));

export type LlmProviderConfig = z.infer<typeof llmProvider>;
export type LlmModelConfig = z.infer<typeof llmModel>;
