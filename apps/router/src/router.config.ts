import { routerConfig, type RouterConfig } from '@aos/contracts';
import { ConfigurationError, readConfig } from '@aos/service-kit';
import { findModel, unknownModelMessage } from './domain/model.ts';
import { allModels } from './models/configured-models.ts';

/** Any of these lets models be called. */
const OTHER_PROVIDERS = ['OPENAI_API_KEY', 'LLM_PROVIDERS'];

const A_PROVIDER = {
  variable: 'ANTHROPIC_API_KEY',
  kind: 'adapter',
  choices:
    'a key of the Anthropic API (with ANTHROPIC_BASE_URL for another server), or OPENAI_API_KEY or LLM_PROVIDERS instead',
} as const;

/** The configuration of this process; throws with everything that is wrong with it. */
export function routerConfigFromEnv(): Readonly<RouterConfig> {
  const hasOther = OTHER_PROVIDERS.some((name) => process.env[name]);
  const config = readConfig(routerConfig, process.env, hasOther ? [] : [A_PROVIDER]);
  const { DEFAULT_LLM_MODEL: name } = config;
  const models = allModels(config.LLM_PROVIDERS);
  if (findModel(models, name) === undefined) {
    throw new ConfigurationError([`DEFAULT_LLM_MODEL: ${unknownModelMessage(models, name)}`]);
  }
  return config;
}
