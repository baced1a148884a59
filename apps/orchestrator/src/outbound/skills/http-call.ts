import { succeed } from '@aos/contracts';
import { z } from 'zod';
import type { JsonObject, Skill } from '../../domain/skill/skill.ts';
import { anyJson, defineSkill } from './define-skill.ts';
import type { EgressPolicy } from './egress/egress-policy.ts';
import type { HttpClient } from './http/http-client.ts';
import { forbiddenHost, httpUrl } from './http/place-in-url.ts';
import { lowerCaseNames, requestHeaders } from './http/request-headers.ts';
import { bodyOf } from './http/response-body.ts';

const REDIRECTS_MAX = 5;

/** Methods without side effects (RFC 9110 §9.2.1). */
const SAFE_METHODS: readonly unknown[] = ['GET', 'HEAD', 'OPTIONS'];
/** Methods whose repetition is harmless by their meaning (RFC 9110 §9.2.2). */
const IDEMPOTENT_METHODS: readonly unknown[] = [...SAFE_METHODS, 'PUT', 'DELETE'];

const params = z
  .strictObject({
    url: httpUrl,
    method: z.enum(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']).default('GET'),
    headers: requestHeaders,
    body: anyJson.optional().describe('JSON; a string is sent as it is'),
    idempotent: z
      .boolean()
      .optional()
      .describe('whether repeating the call is harmless; else decided by the method'),
  })
  .refine(({ method, body }) => body === undefined || !SAFE_METHODS.includes(method), {
    path: ['body'],
    message: 'GET, HEAD and OPTIONS carry no body; set method',
  });

const output = z.object({
  status: z.int(),
  headers: z.record(z.string(), z.string()),
  body: z.json(),
});

/**
 * Calls an HTTP API. Everything but GET, HEAD and OPTIONS carries the call's key as `Idempotency-Key`; POST and PATCH
 * count as idempotent only where the params say that the other side honours it.
 */
export function httpCall(client: HttpClient, policy: EgressPolicy): Skill {
  return defineSkill({
    name: 'http_call',
    version: '0.2.0',
    description: 'Calls an HTTP API and gives its status, headers and body (JSON parsed).',
    side_effects: 'depends_on_params',
    idempotent: 'depends_on_params',
    pipe: 'body',
    cost_microcents: 10_000,
    latency_ms: 300,
    timeout_ms: 30_000,
    params,
    output,
    hasSideEffects,
    isIdempotent,
    forbiddenPlaces: ({ url }) => forbiddenHost(url, policy),
    run: async (request, call) => {
      const response = await client.send(
        {
          url: request.url,
          method: request.method,
          headers: headersOf(request, call.idempotencyKey),
          body: typeof request.body === 'string' ? request.body : JSON.stringify(request.body),
        },
        {
          timeoutMs: call.timeoutMs,
          signal: call.signal,
          isRepeatable: isIdempotent(call.params),
          redirectsMax: REDIRECTS_MAX,
        },
      );
      if (!response.ok) return response;
      const body = bodyOf(response.value);
      if (!body.ok) return body;
      const { status, headers } = response.value;
      return succeed({ status, headers, body: body.value });
    },
  });
}

function hasSideEffects({ method = 'GET' }: JsonObject): boolean {
  return !SAFE_METHODS.includes(method);
}

function isIdempotent({ method = 'GET', idempotent }: JsonObject): boolean {
  return typeof idempotent === 'boolean' ? idempotent : IDEMPOTENT_METHODS.includes(method);
}

/** What the caller gives stands; a key of the caller's own, too. */
function headersOf(request: z.output<typeof params>, idempotencyKey: string): Record<string, string> {
  const type = typeof request.body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  return {
    'user-agent': 'aos-http-call/0.2.0',
    ...(request.body === undefined ? {} : { 'content-type': type }),
    ...(SAFE_METHODS.includes(request.method) ? {} : { 'idempotency-key': idempotencyKey }),
    ...lowerCaseNames(request.headers),
  };
}
