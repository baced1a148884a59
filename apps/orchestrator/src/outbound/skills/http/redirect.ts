import { errorOf, fail, succeed, type StructuredOutcome } from '@aos/contracts';

export interface HttpRequest {
  url: string;
  method: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string | undefined;
}

const REDIRECTS = new Set([301, 302, 303, 307, 308]);

/** Any other header may be a credential, and those are for the first origin only. */
const HEADERS_FOR_OTHER_ORIGINS = new Set([
  'accept',
  'accept-language',
  'content-type',
  'idempotency-key',
  'user-agent',
]);

/** Where a response sends the client; undefined: nowhere. */
export function redirectTarget(status: number, location: string | string[] | undefined): string | undefined {
  return REDIRECTS.has(status) && typeof location === 'string' ? location : undefined;
}

/** The request a redirect asks for, by the rules of the Fetch standard (§4.4); credentials stay with their origin. */
export function nextHop(
  request: HttpRequest,
  status: number,
  location: string,
): StructuredOutcome<HttpRequest> {
  const target = URL.parse(location, request.url);
  if (target === null || !/^https?:$/.test(target.protocol)) {
    return fail(errorOf('egress_denied', 'the other side redirects to an address that is not http or https'));
  }
  target.username = '';
  target.password = '';
  const isSameOrigin = target.origin === new URL(request.url).origin;
  const headers = isSameOrigin ? request.headers : keep(request.headers, HEADERS_FOR_OTHER_ORIGINS);
  const becomesGet =
    (status === 303 && request.method !== 'HEAD') || (status <= 302 && request.method === 'POST');
  if (!becomesGet) return succeed({ ...request, url: target.href, headers });
  const { 'content-type': _, ...withoutType } = headers;
  return succeed({ url: target.href, method: 'GET', headers: withoutType, body: undefined });
}

function keep(headers: Record<string, string>, names: ReadonlySet<string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => names.has(name)));
}
