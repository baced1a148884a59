import { errorOf, type ErrorSpec } from '@aos/contracts';
import { EgressDeniedError } from '../egress/guarded-connector.ts';
import { retryAfterMs } from './retry-after.ts';

/** What of an error response is kept for whoever reads the failure. */
const EXCERPT_CHARS = 500;

/** Statuses below 500 that promise another answer later. */
const RETRYABLE = new Set([408, 425, 429]);

/** Codes of Node and undici with which no request has left this machine. */
const BEFORE_SENDING = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/** The failure an answer other than 2xx stands for. */
export function failureOfStatus(
  status: number,
  retryAfter: string | string[] | undefined,
  text: string,
): ErrorSpec {
  const facts = { details: { status, body: text.slice(0, EXCERPT_CHARS) } };
  const message = `the other side answered ${status}`;
  if (status < 500 && !RETRYABLE.has(status)) return errorOf('upstream_rejected', message, facts);
  const waitMs = typeof retryAfter === 'string' ? retryAfterMs(retryAfter, Date.now()) : undefined;
  return errorOf(
    'upstream_error',
    message,
    waitMs === undefined ? facts : { ...facts, retryAfterMs: waitMs },
  );
}

interface Circumstances {
  /** The run was cut or the process drains. */
  isCut: boolean;
  isTimedOut: boolean;
  timeoutMs: number;
  isRepeatable: boolean;
}

/**
 * The failure that ended a call without an answer. A call that must not be repeated is not retryable from the moment it
 * may have reached the other side.
 */
export function failureOfTransport(error: unknown, circumstances: Circumstances): ErrorSpec {
  const { isCut, isTimedOut, timeoutMs, isRepeatable } = circumstances;
  if (error instanceof EgressDeniedError) return errorOf('egress_denied', error.message);
  if (isCut) return errorOf('run_cancelled', 'the call was cut');
  const code = codeOf(error);
  const failure = isTimedOut
    ? errorOf('step_timeout', `no answer within ${timeoutMs} ms`)
    : errorOf('upstream_error', `the other side could not be reached or broke off: ${code}`);
  if (isRepeatable || (!isTimedOut && BEFORE_SENDING.has(code))) return failure;
  const message = `${failure.message}; whether it took effect is not known, and the step does not say that it is idempotent`;
  return { ...failure, message, retryable: false };
}

function codeOf(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  return typeof code === 'string' ? code : 'connection failed';
}
