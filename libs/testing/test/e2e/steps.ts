/** A step as a caller writes it. */
export type Step = Record<string, unknown>;

/** A pure step over no input: its output is what the jq query gives. */
export function transform(query: string, more: Step = {}): Step {
  return { skill: 'json_transform', params: { input: null, query }, ...more };
}

/** A step with a side effect. */
export function webhook(url: string, more: Step = {}): Step {
  return { skill: 'webhook_send', params: { url, payload: { text: 'hi' } }, ...more };
}
