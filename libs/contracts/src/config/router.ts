import { z } from 'zod';
import { coreConfig, postgresUrl } from './core.ts';
import { envInt, envUrl } from './env.ts';
import { llmProviders } from './llm-providers.ts';

export const routerConfig = z.object({
  ...coreConfig,
  PORT: envInt(8020, { max: 65_535 }),
  DATABASE_URL: postgresUrl.describe('login aos_app; may be pooled'),
  DATABASE_SYSTEM_URL: postgresUrl.describe('login aos_engine; direct, not pooled'),
  ANTHROPIC_API_KEY: z.string().min(1).optional().describe('without it no Claude model can be called'),
  ANTHROPIC_BASE_URL: envUrl(/^https?$/)
    .optional()
    .describe("another server that speaks Anthropic's Messages protocol"),
  OPENAI_API_KEY: z.string().min(1).optional().describe("without it no model of OpenAI's can be called"),
  OPENAI_BASE_URL: envUrl(/^https?$/)
    .optional()
    .describe("another server that speaks OpenAI's protocol, with /v1"),
  LLM_PROVIDERS: llmProviders.describe(
    'further servers that run models, as a JSON list of {name, dialect?, base_url, api_key?, models: [{name, …}]}',
  ),
  DEFAULT_LLM_MODEL: z.string().min(1).default('claude-sonnet-5').describe('for calls that name no model'),
  LLM_TIMEOUT_SECONDS: envInt(120, { min: 1, max: 600 }).describe('how long a provider may take to answer'),
});

export type RouterConfig = z.infer<typeof routerConfig>;
