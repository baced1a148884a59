import type { RouterConfig } from '@aos/contracts';
import type { HealthProbe } from '@aos/service-kit';
import type { Logger } from '@aos/telemetry';
import type { Provider } from '../application/ports.ts';
import { anthropicProvider } from './anthropic/anthropic.provider.ts';
import { tracedProvider } from './traced.provider.ts';
import { unconfiguredProvider } from './unconfigured.provider.ts';

const ANTHROPIC_URL = 'https://api.anthropic.com';
const WITHOUT_KEY = 'ANTHROPIC_API_KEY is not set, model calls fail with provider_not_configured';

/** Who runs the models, by the configuration; health tells when nobody does. */
export function openProvider(
  { ANTHROPIC_API_KEY: apiKey, ANTHROPIC_BASE_URL: baseUrl = ANTHROPIC_URL }: RouterConfig,
  logger: Logger,
): { provider: Provider; probe: HealthProbe } {
  if (apiKey === undefined) {
    logger.warn(
      `NO MODEL CAN BE CALLED: ${WITHOUT_KEY}; \`pnpm stack up --model-sandbox\` answers simulated`,
    );
    return {
      provider: unconfiguredProvider,
      probe: modelsProbe({ status: 'degraded', detail: WITHOUT_KEY }),
    };
  }
  return { provider: tracedProvider(anthropicProvider({ apiKey, baseUrl })), probe: modelsProbe() };
}

/** Tells the configuration alone: asking a provider for its health would cost requests. */
function modelsProbe(found?: { status: 'degraded'; detail: string }): HealthProbe {
  return { name: 'models', critical: false, check: async () => found };
}
