import { errorOf, fail, succeed, type StructuredOutcome } from '@aos/contracts';
import { Agent, request, type Dispatcher } from 'undici';
import type { EgressPolicy } from '../egress/egress-policy.ts';
import { guardedConnector, resolveBySystem, type ResolveHost } from '../egress/guarded-connector.ts';
import { failureOfStatus, failureOfTransport } from './http-failure.ts';
import { readBody, RESPONSE_BYTES_MAX } from './read-body.ts';
import { nextHop, redirectTarget, type HttpRequest } from './redirect.ts';

export interface HttpResponse {
  status: number;
  /** Names in lower case; without cookies, since responses are kept and shown. */
  headers: Record<string, string>;
  text: string;
}

interface HttpLimits {
  /** From the first lookup to the last byte, redirects included. */
  timeoutMs: number;
  signal: AbortSignal;
  /** Whether the request may be repeated when it is not known what became of it. */
  isRepeatable: boolean;
  redirectsMax: number;
}

export interface HttpClient {
  /** A 2xx response, or why there is none. */
  send(request: HttpRequest, limits: HttpLimits): Promise<StructuredOutcome<HttpResponse>>;
}

const CONNECT_TIMEOUT_MS = 10_000;

/** The one door of skills to the network: every connection passes the egress policy, redirects included. */
export function createHttpClient(policy: EgressPolicy, resolve: ResolveHost = resolveBySystem): HttpClient {
  const connect = guardedConnector(policy, resolve, CONNECT_TIMEOUT_MS);
  const agent = new Agent({ connect });
  return {
    send: async (first, limits) => {
      const timeout = AbortSignal.timeout(limits.timeoutMs);
      const signal = AbortSignal.any([limits.signal, timeout]);
      try {
        return await follow(first, { agent, signal, redirectsLeft: limits.redirectsMax });
      } catch (error) {
        const { timeoutMs, isRepeatable } = limits;
        const isCut = limits.signal.aborted;
        return fail(
          failureOfTransport(error, { isCut, isTimedOut: timeout.aborted, timeoutMs, isRepeatable }),
        );
      }
    },
  };
}

interface Sending {
  agent: Dispatcher;
  signal: AbortSignal;
  redirectsLeft: number;
}

async function follow(current: HttpRequest, sending: Sending): Promise<StructuredOutcome<HttpResponse>> {
  const { agent, signal, redirectsLeft } = sending;
  const { url, method, headers, body = null } = current;
  const response = await request(url, { dispatcher: agent, signal, method, headers, body });
  const { statusCode: status } = response;
  const location = redirectTarget(status, response.headers.location);
  if (location !== undefined && redirectsLeft > 0) {
    await response.body.dump();
    const next = nextHop(current, status, location);
    return next.ok ? follow(next.value, { ...sending, redirectsLeft: redirectsLeft - 1 }) : next;
  }
  const text = await readBody(response.body, String(response.headers['content-encoding'] ?? ''));
  if (status < 200 || status >= 300) {
    return fail(failureOfStatus(status, response.headers['retry-after'], text ?? ''));
  }
  if (text === undefined)
    return fail(errorOf('payload_limit', `the response is over ${RESPONSE_BYTES_MAX} bytes`));
  return succeed({ status, headers: shownHeaders(response.headers), text });
}

function shownHeaders(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const shown: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && name !== 'set-cookie')
      shown[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return shown;
}
