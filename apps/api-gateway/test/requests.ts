import type { HttpRoute } from '@aos/contracts';
import { BOOTSTRAP_KEY } from './start-gateway.ts';
import { BODIES, ID } from './samples.ts';

interface RequestChange {
  /** Replaces the bootstrap key; null: none. */
  key?: string | null;
  headers?: Record<string, string>;
  /** Replaces the valid body. */
  body?: string | object;
  query?: string;
}

export function nameOf({ method, path }: HttpRoute): string {
  return `${method} ${path}`;
}

/** With a parameter for each name; what names no resource by id is a word or a number. */
function pathOf({ path }: HttpRoute): string {
  return path
    .replace(':sequence', '7')
    .replace(':run_day', '2026-01-01')
    .replace(/:\w+/, ID)
    .replace(/:\w+/, 'word');
}

/** A good request for the route, with one thing changed. */
export async function send(
  gatewayUrl: string,
  route: HttpRoute,
  change: RequestChange = {},
): Promise<Response> {
  const { key = BOOTSTRAP_KEY, headers = {}, query = '' } = change;
  const body = change.body ?? BODIES[nameOf(route)]?.valid;
  return fetch(`${gatewayUrl}/api/v1${pathOf(route)}${query}`, {
    method: route.method,
    headers: {
      ...(key === null ? {} : { 'x-aos-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
}

/** A call of the API as a program makes it. */
export async function call(
  gatewayUrl: string,
  request: string,
  { key = BOOTSTRAP_KEY, headers = {}, body }: RequestChange = {},
): Promise<{ status: number; headers: Headers; body: Record<string, unknown> }> {
  const [method = 'GET', path = '/'] = request.split(' ');
  const response = await fetch(gatewayUrl + path, {
    method,
    headers: {
      ...(key === null ? {} : { 'x-aos-key': key }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const parsed: unknown = await response.json();
  if (typeof parsed !== 'object' || parsed === null) throw new Error(`${request} answered no object`);
  return { status: response.status, headers: response.headers, body: { ...parsed } };
}
