import { routerConfig, type RouterConfig } from '@aos/contracts';
import { ConfigurationError, readConfig } from '@aos/service-kit';
import { findModel, unknownModelMessage } from './domain/model.ts';
import { MODELS } from './models.ts';

/** The configuration of this process; throws with everything that is wrong with it. */
export function routerConfigFromEnv(): Readonly<RouterConfig> {
  const config = readConfig(routerConfig, process.env, [
    {
      variable: 'ANTHROPIC_API_KEY',
      kind: 'adapter',
      choices: 'a key of the Anthropic API (with ANTHROPIC_BASE_URL for another server)',
    },
  ]);
  const { DEFAULT_LLM_MODEL: name } = config;
  if (findModel(MODELS, name) === undefined) {
    throw new ConfigurationError([`DEFAULT_LLM_MODEL: ${unknownModelMessage(MODELS, name)}`]);
  }
  return config;
}
