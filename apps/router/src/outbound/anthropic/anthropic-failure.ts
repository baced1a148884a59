import { APIConnectionError, APIError } from '@anthropic-ai/sdk';
import { errorOf, type ErrorSpec } from '@aos/contracts';

/** What is told for a refusal by the key or the account; the provider's own words may hold parts of the key. */
const REFUSED_ACCESS: Readonly<Record<number, string>> = {
  401: 'the provider does not accept the key this platform is configured with (ANTHROPIC_API_KEY)',
  402: "the provider does not serve this platform's account until its bill is paid",
  403: "the provider does not allow this platform's key to call this model",
};

/** Of what a provider says about a refusal. */
const WORDS_CHARS_MAX = 500;

/** Statuses below 500 that may pass by themselves: the request took too long to arrive, or met another one. */
const PASSING = new Set([408, 409]);

/** What the SDK threw, as a failure. */
export function toFailure(error: unknown): ErrorSpec {
  if (error instanceof APIConnectionError || !(error instanceof APIError) || error.status === undefined) {
    return errorOf(
      'upstream_error',
      'the provider could not be reached, or was lost before its answer was complete',
    );
  }
  const { status, headers, requestID: requestId } = error;
  const facts = {
    ...retryAfterOf(headers),
    details: { status, ...(requestId ? { provider_request_id: requestId } : {}) },
  };
  if (status === 429) return errorOf('rate_limited', 'the provider takes no more requests for now', facts);
  if (status >= 500 || PASSING.has(status)) {
    return errorOf('upstream_error', `the provider failed with status ${status}`, facts);
  }
  const words = (error.apiMessage ?? String(status)).slice(0, WORDS_CHARS_MAX);
  const text = REFUSED_ACCESS[status] ?? `the provider refused the request: ${words}`;
  return errorOf('upstream_rejected', text, { details: facts.details });
}

const DAY_MS = 86_400_000;

/** Seconds or a date (RFC 9110, §10.2.3); at most a day is believed. */
function retryAfterOf(headers: Headers | undefined): { retryAfterMs?: number } {
  const value = headers?.get('retry-after') ?? '';
  if (value === '') return {};
  const seconds = Number(value);
  const ms = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1_000;
  return Number.isNaN(ms) ? {} : { retryAfterMs: Math.min(Math.max(0, Math.ceil(ms)), DAY_MS) };
}
