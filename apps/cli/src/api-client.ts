import { problem } from '@aos/contracts';
import type { z } from 'zod';
import { refused, unreachable, type Result } from './failure.ts';
import type { Settings } from './settings.ts';

export interface ApiRequest {
  method: 'GET' | 'POST';
  /** Below /api/v1, with its parameters encoded. */
  path: string;
  query?: Record<string, string | number | undefined>;
  body?: unknown;
}

/** An answer: parsed for showing, and as it came for `--json`. */
export interface Answer<T> {
  parsed: T;
  raw: unknown;
}

const TIMEOUT_MS = 30_000;

/** Talks HTTP with the API. Whatever goes wrong is a failure, never an exception. */
export class ApiClient {
  /** `trace` receives a line per request and per answer. */
  constructor(
    private readonly settings: Settings,
    private readonly trace: (line: string) => void,
  ) {}

  async call<T>(request: ApiRequest, schema: z.ZodType<T>): Promise<Result<Answer<T>>> {
    const url = this.#urlOf(request);
    this.trace(`> ${request.method} ${url}`);
    const startedMs = performance.now();
    try {
      const response = await fetch(url, this.#initOf(request));
      const text = await response.text();
      const requestId = response.headers.get('x-request-id') ?? undefined;
      const tookMs = Math.round(performance.now() - startedMs);
      this.trace(`< ${response.status} in ${tookMs} ms, request id ${requestId ?? 'none'}`);
      return read(schema, { status: response.status, text, requestId, url });
    } catch (error) {
      this.trace(`< ${reasonOf(error)}`);
      return unreachable(`${this.settings.url}: ${reasonOf(error)}`);
    }
  }

  #urlOf({ path, query = {} }: ApiRequest): string {
    const url = new URL(`${this.settings.url}/api/v1${path}`);
    for (const [name, value] of Object.entries(query)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return url.href;
  }

  #initOf({ method, body }: ApiRequest): RequestInit {
    const { apiKey, tenantId } = this.settings;
    return {
      method,
      headers: {
        accept: 'application/json',
        'x-aos-key': apiKey,
        ...(tenantId === undefined ? {} : { 'x-tenant-id': tenantId }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(TIMEOUT_MS),
    };
  }
}

interface Reply {
  status: number;
  text: string;
  requestId: string | undefined;
  url: string;
}

function read<T>(schema: z.ZodType<T>, { status, text, requestId, url }: Reply): Result<Answer<T>> {
  const raw = jsonOf(text);
  if (status >= 200 && status < 300) {
    const parsed = schema.safeParse(raw);
    if (parsed.success) return { ok: true, value: { parsed: parsed.data, raw } };
    return unreachable(`${url} answered ${status} with something else than expected`, requestId);
  }
  const described = problem.safeParse(raw);
  if (described.success) return refused(described.data, requestId);
  return unreachable(`${url} answered ${status}; is this the API?`, requestId);
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** fetch hides the reason in its cause, and behind several addresses in a list. */
function reasonOf(error: unknown): string {
  const { name, message, cause, errors }: Partial<Record<string, unknown>> = Object(error);
  if (name === 'TimeoutError') return `no answer within ${TIMEOUT_MS / 1000} s`;
  if (cause !== undefined) return reasonOf(cause);
  if (Array.isArray(errors) && errors.length > 0) return reasonOf(errors[0]);
  return typeof message === 'string' ? message : String(error);
}
