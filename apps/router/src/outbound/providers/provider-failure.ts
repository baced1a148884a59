import { errorOf, type ErrorSpec } from '@aos/contracts';

/** A provider's answer that is not the one that was asked for. */
export interface RefusedAnswer {
  status: number;
  /** The header as it came. */
  retryAfter?: string | null | undefined;
  /** The provider's own id of the request. */
  requestId?: string | null | undefined;
  /** What the provider says about it. */
  words?: string | undefined;
}

/** Of what a provider says about a refusal. */
const WORDS_CHARS_MAX = 500;

/** Statuses below 500 that may pass by themselves: the request took too long to arrive, or met another one. */
const PASSING = new Set([408, 409]);

/** No answer at all, or one that ended too soon. */
export const LOST: ErrorSpec = errorOf(
  'upstream_error',
  'the provider could not be reached, or was lost before its answer was complete',
);

/** Nobody was asked: there is no such provider. */
export const NOT_STARTED: ErrorSpec = errorOf('provider_not_configured', 'the provider is not configured');

/** It began or was to begin an answer and then said nothing for too long. */
export const SILENT: ErrorSpec = errorOf('deadline_exceeded', 'the provider was silent for too long');

/** An answer by its status as a failure; `details.status` is the provider's. `keyName`: where its key is configured. */
export function failureOfStatus(answer: RefusedAnswer, keyName: string): ErrorSpec {
  const { status, retryAfter, requestId, words = String(status) } = answer;
  const facts = {
    ...retryAfterOf(retryAfter ?? ''),
    details: { status, ...(requestId ? { provider_request_id: requestId } : {}) },
  };
  if (status === 429) return errorOf('rate_limited', 'the provider takes no more requests for now', facts);
  if (status >= 500 || PASSING.has(status)) {
    return errorOf('upstream_error', `the provider failed with status ${status}`, facts);
  }
  const text = accessText(status, keyName) ?? `the provider refused the request: ${words}`;
  return errorOf('upstream_rejected', text.slice(0, WORDS_CHARS_MAX), { details: facts.details });
}

/** What is told for a refusal by the key or the account; the provider's own words may hold parts of the key. */
function accessText(status: number, keyName: string): string | undefined {
  switch (status) {
    case 401:
      return `the provider does not accept the key this platform is configured with (${keyName})`;
    case 402:
      return "the provider does not serve this platform's account until its bill is paid";
    case 403:
      return "the provider does not allow this platform's key to call this model";
    default:
      return undefined;
  }
}

const DAY_MS = 86_400_000;

/** Seconds or a date (RFC 9110, §10.2.3); at most a day is believed. */
function retryAfterOf(value: string): { retryAfterMs?: number } {
  if (value === '') return {};
  const seconds = Number(value);
  const ms = Number.isNaN(seconds) ? Date.parse(value) - Date.now() : seconds * 1_000;
  return Number.isNaN(ms) ? {} : { retryAfterMs: Math.min(Math.max(0, Math.ceil(ms)), DAY_MS) };
}
