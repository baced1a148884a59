const NAMES = ['claude-opus-5', 'claude-sonnet-5', 'claude-haiku-4-5'];

/** The answer to `GET /v1/models`: a few names to try; every other `claude-…` is taken, too. */
export function modelList() {
  const models = NAMES.map((name) => ({
    type: 'model',
    id: name,
    display_name: `Simulated ${name}`,
    created_at: '1970-01-01T00:00:00Z',
    lifecycle: 'active',
    capabilities: null,
    deprecated_at: null,
    line: null,
    max_input_tokens: null,
    max_tokens: null,
    retires_at: null,
  }));
  return { data: models, has_more: false, first_id: NAMES[0], last_id: NAMES.at(-1) };
}

export const isKnownModel = (name: string) => name.startsWith('claude-');
