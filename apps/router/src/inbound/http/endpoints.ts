import type { Endpoint } from '../../application/pass/endpoint.ts';
import { anthropicUsageReader } from '../../dialects/anthropic/usage-reader.ts';
import { openAiUsageReader } from '../../dialects/openai/usage-reader.ts';

/** The public endpoints that call models, by their paths. */
export const ENDPOINTS: Readonly<Record<string, Endpoint>> = {
  '/v1/chat/completions': {
    dialect: 'openai',
    kind: 'chat',
    path: '/chat/completions',
    usageReader: openAiUsageReader,
    tokensFields: ['max_completion_tokens', 'max_tokens'],
  },
  '/v1/embeddings': {
    dialect: 'openai',
    kind: 'embedding',
    path: '/embeddings',
    usageReader: openAiUsageReader,
    tokensFields: [],
  },
  '/v1/messages': {
    dialect: 'anthropic',
    kind: 'chat',
    path: '/v1/messages',
    usageReader: anthropicUsageReader,
    tokensFields: ['max_tokens'],
  },
};
