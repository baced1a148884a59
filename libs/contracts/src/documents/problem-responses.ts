import { ERRORS, type ErrorCode } from '../errors.ts';
import type { HttpRoute } from '../http/route.ts';
import { problem } from '../problem.ts';
import type { JsonSchemas } from './json-schemas.ts';
import type { OpenApiResponse } from './openapi-document.ts';

/** What any request may meet on its way to the answer. */
const ON_EVERY_WAY: readonly ErrorCode[] = [
  'invalid_request',
  'tenant_required',
  'unauthenticated',
  'tenant_forbidden',
  'authorization_denied',
  'headers_too_large',
  'internal',
  'unavailable',
  'deadline_exceeded',
];

const WITH_A_BODY: readonly ErrorCode[] = ['request_timeout', 'payload_too_large', 'unsupported_media_type'];

/** The failures of a route as problem documents: a response per status, which lists the codes behind it. */
export function problemResponses(route: HttpRoute, schemas: JsonSchemas): Record<string, OpenApiResponse> {
  const byStatus = Map.groupBy(codesOf(route), (code) => String(ERRORS[code].status));
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [status, problemResponse(codes, schemas)] as const),
  );
}

function codesOf(route: HttpRoute): ErrorCode[] {
  return [
    ...new Set([
      ...route.errors,
      ...ON_EVERY_WAY,
      ...(route.body === undefined ? [] : WITH_A_BODY),
      ...(route.rate === 'none' ? [] : (['rate_limited'] as const)),
    ]),
  ];
}

function problemResponse(codes: readonly ErrorCode[], schemas: JsonSchemas): OpenApiResponse {
  const isRetried = codes.some((code) => ERRORS[code].retryable);
  return {
    description: codes.map((code) => `\`${code}\`: ${ERRORS[code].title}`).join('; '),
    headers: {
      'X-Request-Id': { $ref: '#/components/headers/RequestId' },
      ...(isRetried ? { 'Retry-After': { $ref: '#/components/headers/RetryAfter' } } : {}),
    },
    content: {
      'application/problem+json': {
        schema: { allOf: [schemas.output(problem)], properties: { code: { enum: [...codes] } } },
      },
    },
  };
}
