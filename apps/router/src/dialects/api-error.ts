import { ERRORS, isErrorCode, type ErrorSpec } from '@aos/contracts';
import type { Dialect } from '../domain/model.ts';

/** Of a provider's refusal that is about the request these are the client's own to mend; others are the platform's. */
const CLIENTS_STATUSES: readonly unknown[] = [400, 404, 413, 422];

/** The HTTP status of a failure at a public endpoint. */
export function apiStatusOf(error: ErrorSpec): number {
  if (isUnknownModel(error)) return 404;
  if (error.code === 'upstream_rejected' && CLIENTS_STATUSES.includes(error.details?.['status'])) {
    return Number(error.details?.['status']);
  }
  return isErrorCode(error.code) ? ERRORS[error.code].status : 500;
}

/** The body of a failure in the shape of the API that was asked. */
export function apiErrorBody(dialect: Dialect, error: ErrorSpec, requestId: string): object {
  const status = apiStatusOf(error);
  if (dialect === 'anthropic') {
    const type = ANTHROPIC_TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error');
    return { type: 'error', error: { type, message: error.message }, request_id: requestId };
  }
  const type = OPENAI_TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'server_error');
  const code = OPENAI_CODES[error.code] ?? (isUnknownModel(error) ? 'model_not_found' : error.code);
  return { error: { message: error.message, type, param: paramOf(error), code } };
}

/** A failure in the midst of a stream, as an event of the API's stream. */
export function apiErrorEvent(dialect: Dialect, error: ErrorSpec, requestId: string): string {
  const data = JSON.stringify(apiErrorBody(dialect, error, requestId));
  return dialect === 'anthropic' ? `event: error\ndata: ${data}\n\n` : `data: ${data}\n\n`;
}

/** As Anthropic documents them. */
const ANTHROPIC_TYPES: Readonly<Record<number, string>> = {
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  503: 'overloaded_error',
  504: 'timeout_error',
};

const OPENAI_TYPES: Readonly<Record<number, string>> = {
  402: 'insufficient_quota',
  403: 'permission_error',
  429: 'rate_limit_error',
};

/** OpenAI's own words where clients look for them. */
const OPENAI_CODES: Readonly<Record<string, string>> = {
  unauthenticated: 'invalid_api_key',
  rate_limited: 'rate_limit_exceeded',
};

function isUnknownModel(error: ErrorSpec): boolean {
  return error.code === 'invalid_request' && paramOf(error) === 'model';
}

/** The field that is wrong, by its name. */
function paramOf({ details }: ErrorSpec): string | null {
  const issues = details?.['issues'];
  const first: unknown = Array.isArray(issues) ? issues[0] : undefined;
  if (typeof first !== 'object' || first === null || !('field' in first)) return null;
  return typeof first.field === 'string' && first.field !== '' ? first.field.slice(1) : null;
}
