import { fail } from '@aos/contracts';
import { Pool, type Dispatcher } from 'undici';
import type {
  StreamedAnswer,
  Underway,
  Upstream,
  UpstreamRequest,
  WholeAnswer,
} from '../../application/pass/ports.ts';
import { NOT_STARTED } from '../providers/provider-failure.ts';
import type { NamedAccess } from '../providers/provider-accesses.ts';
import { StreamHandler } from './stream-handler.ts';
import { WholeHandler } from './whole-handler.ts';

/** A server is given up that does not take a connection within this. */
const CONNECT_TIMEOUT_MS = 10_000;
const CONNECTIONS_MAX = 1_024;

interface Way {
  pool: Pool;
  prefix: string;
  headers: Record<string, string>;
  keyName: string;
}

/**
 * Providers by raw HTTP over kept connections. The SDKs read every answer whole and make several objects of each event;
 * where bytes only pass through, that is most of what a call costs.
 */
export class UpstreamClient implements Upstream {
  readonly #ways: ReadonlyMap<string, Way>;

  constructor(accesses: readonly NamedAccess[]) {
    this.#ways = new Map(accesses.map((access) => [access.name, wayTo(access)]));
  }

  fetch(request: UpstreamRequest): Underway<WholeAnswer> {
    const way = this.#ways.get(request.model.provider);
    if (way === undefined) return NOWHERE;
    const handler = new WholeHandler(way.keyName);
    send(way, request, handler);
    return handler;
  }

  stream(request: UpstreamRequest): Underway<StreamedAnswer> {
    const way = this.#ways.get(request.model.provider);
    if (way === undefined) return NOWHERE;
    const handler = new StreamHandler(way.keyName);
    send(way, request, handler);
    return handler;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#ways.values()].map(({ pool }) => pool.destroy()));
  }
}

const NOWHERE = { answered: Promise.resolve(fail(NOT_STARTED)), abort: () => undefined };

function wayTo({ dialect, baseUrl, apiKey, keyName }: NamedAccess): Way {
  const { origin, pathname } = new URL(baseUrl);
  const pool = new Pool(origin, {
    connections: CONNECTIONS_MAX,
    connect: { timeout: CONNECT_TIMEOUT_MS },
  });
  const headers = { 'content-type': 'application/json', ...keyHeader(dialect, apiKey) };
  return { pool, prefix: pathname === '/' ? '' : pathname, headers, keyName };
}

function keyHeader(dialect: NamedAccess['dialect'], apiKey: string): Record<string, string> {
  if (apiKey === '') return {};
  return dialect === 'anthropic' ? { 'x-api-key': apiKey } : { authorization: `Bearer ${apiKey}` };
}

function send(way: Way, request: UpstreamRequest, handler: Dispatcher.DispatchHandler): void {
  const { path, headers, body, timeoutMs } = request;
  way.pool.dispatch(
    {
      method: 'POST',
      path: `${way.prefix}${path}`,
      headers: { ...headers, ...way.headers },
      body,
      headersTimeout: timeoutMs,
      bodyTimeout: timeoutMs,
    },
    handler,
  );
}
