import type { Model } from '../../domain/model.ts';

/** No provider's table tells when a model was made. */
const UNKNOWN_TIME = '1970-01-01T00:00:00Z';

/** The models that can be called, with what both APIs' SDKs read. */
export function modelList(models: readonly Model[]) {
  const data = models.map(({ name, provider, contextWindowTokens, outputTokensMax }) => ({
    id: name,
    object: 'model',
    created: 0,
    owned_by: provider,
    type: 'model',
    display_name: name,
    created_at: UNKNOWN_TIME,
    max_input_tokens: contextWindowTokens,
    max_tokens: outputTokensMax,
  }));
  return {
    object: 'list',
    data,
    has_more: false,
    first_id: data[0]?.id ?? null,
    last_id: data.at(-1)?.id ?? null,
  };
}
