import { errorOf, invalidRequest, type ErrorCode, type ErrorSpec } from '@aos/contracts';
import { HttpException } from '@nestjs/common';

const CODES: Readonly<Record<number, ErrorCode>> = {
  401: 'unauthenticated',
  403: 'authorization_denied',
  404: 'not_found',
  405: 'method_not_allowed',
  409: 'conflict',
  413: 'payload_too_large',
  415: 'unsupported_media_type',
  429: 'rate_limited',
  503: 'unavailable',
  504: 'deadline_exceeded',
};

/** A thrown thing as the failure a caller may see: the text of a 4xx, of anything else nothing. */
export function errorOfException(exception: unknown): ErrorSpec {
  const status = statusOf(exception);
  const code = CODES[status];
  const message = exception instanceof Error ? exception.message : '';
  if (code !== undefined) return errorOf(code, message);
  if (status >= 400 && status < 500) return invalidRequest([{ field: '', message }]);
  return errorOf('internal', 'something went wrong on our side; the request id finds it in our logs');
}

/** The status a framework's own exception says; 500 for everything that was not meant as an answer. */
function statusOf(exception: unknown): number {
  if (exception instanceof HttpException) return exception.getStatus();
  const isFastifys = exception instanceof Error && exception.name === 'FastifyError';
  return isFastifys && 'statusCode' in exception && typeof exception.statusCode === 'number'
    ? exception.statusCode
    : 500;
}
