import type { RouterConfig } from '@aos/contracts';
import type { Dialect } from '../../domain/model.ts';
import type { ProviderAccess } from './provider-access.ts';

/** A configured provider, and how it is reached. */
export interface NamedAccess extends ProviderAccess {
  name: string;
  dialect: Dialect;
}

const ANTHROPIC_URL = 'https://api.anthropic.com';
const OPENAI_URL = 'https://api.openai.com/v1';

/** All providers of a configuration. */
export function providerAccesses(config: RouterConfig): NamedAccess[] {
  const { ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL: anthropicUrl = ANTHROPIC_URL } = config;
  const { OPENAI_API_KEY, OPENAI_BASE_URL: openAiUrl = OPENAI_URL } = config;
  return [
    ...publicAccess('anthropic', anthropicUrl, ANTHROPIC_API_KEY),
    ...publicAccess('openai', openAiUrl, OPENAI_API_KEY),
    ...config.LLM_PROVIDERS.map(({ name, dialect, base_url: baseUrl, api_key: apiKey }) => {
      return { name, dialect, baseUrl: withoutSlash(baseUrl), apiKey, keyName: `LLM_PROVIDERS, ${name}` };
    }),
  ];
}

function publicAccess(dialect: Dialect, baseUrl: string, apiKey: string | undefined): NamedAccess[] {
  if (apiKey === undefined) return [];
  const keyName = `${dialect.toUpperCase()}_API_KEY`;
  return [{ name: dialect, dialect, baseUrl: withoutSlash(baseUrl), apiKey, keyName }];
}

function withoutSlash(url: string): string {
  return url.replace(/\/+$/, '');
}
