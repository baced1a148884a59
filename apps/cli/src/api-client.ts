import { createHash } from 'node:crypto';
import { problem } from '@aos/contracts';
import type { z } from 'zod';
import { refused, unreachable, type Failure, type Result } from './failure.ts';
import type { Settings } from './settings.ts';

export interface ApiRequest {
  method: 'GET' | 'POST' | 'DELETE';
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

/** The bytes of a file, as they were kept. */
export interface Download {
  content: Uint8Array;
  mediaType: string;
  /** In hex. */
  sha256: string;
}

const TIMEOUT_MS = 30_000;

/** Talks HTTP with the API. Whatever goes wrong is a failure, never an exception. */
export class ApiClient {
  /** `trace` receives a line per request and per answer. */
  constructor(
    private readonly settings: Settings,
    private readonly trace: (line: string) => void,
  ) {}

  call<T>(request: ApiRequest, schema: z.ZodType<T>): Promise<Result<Answer<T>>> {
    return this.#send(request, async (response, requestId) =>
      read(schema, { status: response.status, text: await response.text(), requestId, url: response.url }),
    );
  }

  /** A file, whole: bytes that are not those it is known by are a failure. */
  download(request: ApiRequest): Promise<Result<Download>> {
    return this.#send(request, async (response, requestId) => {
      const { status, url, headers } = response;
      if (!response.ok) return unexpected({ status, text: await response.text(), requestId, url });
      const content = new Uint8Array(await response.arrayBuffer());
      const sha256 = createHash('sha256').update(content).digest('hex');
      if (headers.get('etag') !== `"${sha256}"`)
        return unreachable(`${url}: the content was damaged`, requestId);
      return { ok: true, value: { content, sha256, mediaType: headers.get('content-type') ?? '' } };
    });
  }

  async #send<T>(
    request: ApiRequest,
    readAnswer: (response: Response, requestId: string | undefined) => Promise<Result<T>>,
  ): Promise<Result<T>> {
    const url = this.#urlOf(request);
    this.trace(`> ${request.method} ${url}`);
    const startedMs = performance.now();
    try {
      const response = await fetch(url, this.#initOf(request));
      const requestId = response.headers.get('x-request-id') ?? undefined;
      const result = await readAnswer(response, requestId);
      const tookMs = Math.round(performance.now() - startedMs);
      this.trace(`< ${response.status} in ${tookMs} ms, request id ${requestId ?? 'none'}`);
      return result;
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
        accept: 'application/json, */*;q=0.5',
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

function read<T>(schema: z.ZodType<T>, reply: Reply): Result<Answer<T>> {
  const { status, text, requestId, url } = reply;
  if (status < 200 || status >= 300) return unexpected(reply);
  const raw = jsonOf(text);
  const parsed = schema.safeParse(raw);
  if (parsed.success) return { ok: true, value: { parsed: parsed.data, raw } };
  return unreachable(`${url} answered ${status} with something else than expected`, requestId);
}

/** A refusal in the API's words, or what is not the API. */
function unexpected({ status, text, requestId, url }: Reply): { ok: false; failure: Failure } {
  const described = problem.safeParse(jsonOf(text));
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
