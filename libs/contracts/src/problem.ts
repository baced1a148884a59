import { z } from 'zod';
import { errorSpec, type ErrorSpec } from './error-spec.ts';
import { ERRORS, isErrorCode } from './errors.ts';

/** `application/problem+json` (RFC 9457) with the fields of ErrorSpec. */
export const problem = errorSpec.extend({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  detail: z.string(),
  instance: z.string().optional(),
  request_id: z.string().optional(),
});

export type Problem = z.infer<typeof problem>;

/** A failure in its HTTP form. An unknown code (a newer service's) is a 500 that keeps its text. */
export function problemOf(error: ErrorSpec, requestId?: string): Problem {
  const { title, status } = isErrorCode(error.code) ? ERRORS[error.code] : ERRORS.internal;
  return {
    type: `urn:aos:error:${error.code}`,
    title,
    status,
    detail: error.message,
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...error,
  };
}
