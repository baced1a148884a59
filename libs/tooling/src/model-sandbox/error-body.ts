import type { ErrorResponse } from '@anthropic-ai/sdk/resources/shared';

/** As Anthropic documents them; `request_too_large` is given by what stands before its API. */
const TYPE_OF_STATUS: Readonly<Record<number, string>> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  504: 'timeout_error',
  529: 'overloaded_error',
};

/** The body of an error, in Anthropic's shape. */
type ErrorBody = Omit<ErrorResponse, 'error'> & { error: { type: string; message: string } };

export function errorBody(status: number, message: string, requestId: string): ErrorBody {
  const fallback = status < 500 ? 'invalid_request_error' : 'api_error';
  return {
    type: 'error',
    error: { type: TYPE_OF_STATUS[status] ?? fallback, message },
    request_id: requestId,
  };
}
