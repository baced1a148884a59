import { microcentsOf, type LlmModelConfig, type LlmProviderConfig } from '@aos/contracts';
import type { Model } from '../domain/model.ts';
import { MODELS } from './models.ts';

/** Every model that can be asked for: the public providers' and those of the configured servers, which win by name. */
export function allModels(providers: readonly LlmProviderConfig[]): readonly Model[] {
  return [...providers.flatMap(({ name, models }) => models.map((model) => modelOf(name, model))), ...MODELS];
}

function modelOf(provider: string, config: LlmModelConfig): Model {
  const {
    input,
    cache_read: read = input,
    cache_write: write = input,
    output,
  } = config.cents_per_million_tokens;
  return {
    name: config.name,
    ...(config.upstream_name !== undefined && { upstreamName: config.upstream_name }),
    provider,
    kind: config.kind,
    contextWindowTokens: config.context_window_tokens,
    outputTokensMax: config.output_tokens_max,
    takesTemperature: config.takes_temperature,
    isToolForced: config.is_tool_forced,
    prices: {
      input: microcentsOf(input),
      cacheRead: microcentsOf(read),
      cacheWrite: microcentsOf(write),
      output: microcentsOf(output),
    },
  };
}
