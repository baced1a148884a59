import type { HealthProbe } from '@aos/service-kit';
import type { Logger } from '@aos/telemetry';
import type { FindProvider, Provider } from '../../application/ports.ts';
import { anthropicProvider } from './anthropic.provider.ts';
import { openAiProvider } from './openai.provider.ts';
import type { NamedAccess } from './provider-accesses.ts';

const NOBODY =
  'none of ANTHROPIC_API_KEY, OPENAI_API_KEY and LLM_PROVIDERS is set, model calls fail with provider_not_configured';

/** Who runs the models, by the configuration; health tells when nobody does. */
export function openProviders(
  accesses: readonly NamedAccess[],
  logger: Logger,
): { findProvider: FindProvider; probe: HealthProbe } {
  const providers = new Map(accesses.map((access) => [access.name, providerOf(access)]));
  if (accesses.length === 0) {
    logger.warn(`NO MODEL CAN BE CALLED: ${NOBODY}; \`pnpm stack up --model-sandbox\` answers simulated`);
  }
  const found = accesses.length === 0 ? ({ status: 'degraded', detail: NOBODY } as const) : undefined;
  return {
    findProvider: (name) => providers.get(name),
    // Tells the configuration alone: asking a provider for its health would cost requests.
    probe: { name: 'models', critical: false, check: async () => found },
  };
}

function providerOf(access: NamedAccess): Provider {
  return access.dialect === 'anthropic' ? anthropicProvider(access) : openAiProvider(access);
}
