import { routerConfig, type RouterConfig } from '@aos/contracts';
import { readConfig } from '@aos/service-kit';

/** The configuration of this process; throws with everything that is wrong with it. */
export function routerConfigFromEnv(): Readonly<RouterConfig> {
  return readConfig(routerConfig, process.env, [
    {
      variable: 'ANTHROPIC_API_KEY',
      kind: 'adapter',
      choices: 'a key of the Anthropic API (with ANTHROPIC_BASE_URL for another server)',
    },
  ]);
}
