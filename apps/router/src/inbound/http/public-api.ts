import { errorOf, fail, type ErrorSpec, type StructuredOutcome } from '@aos/contracts';
import type { Logger } from '@aos/telemetry';
import type { OnApplicationBootstrap, OnApplicationShutdown } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { mayCall, type Caller, type Keys } from '../../application/check-key.ts';
import type { Endpoint } from '../../application/pass/endpoint.ts';
import type { PassCall } from '../../application/pass/pass-call.ts';
import { apiErrorBody, apiStatusOf } from '../../dialects/api-error.ts';
import type { Model } from '../../domain/model.ts';
import { credentialOf, passedHeaders } from './client-headers.ts';
import { ENDPOINTS } from './endpoints.ts';
import { HttpReply } from './http-reply.ts';
import { modelList } from './model-list.ts';

/** API.md: requests for models may be larger than others. */
const BODY_LIMIT_BYTES = 16 * 1_048_576;

export interface PublicApiParts {
  keys: Keys;
  pass: PassCall;
  /** That can be called. */
  models: readonly Model[];
  /** Closed when no request is left. */
  upstream: { close(): Promise<void> };
  logger: Logger;
}

/** `/v1/*` on the service's own port: Fastify's hooks and nothing of Nest's per request, bodies as bytes. */
export class PublicApi implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #host: HttpAdapterHost;
  readonly #parts: PublicApiParts;

  constructor(host: HttpAdapterHost, parts: PublicApiParts) {
    this.#host = host;
    this.#parts = parts;
  }

  async onApplicationBootstrap(): Promise<void> {
    const fastify: FastifyInstance = this.#host.httpAdapter.getInstance();
    await fastify.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      const asBytes = { parseAs: 'buffer', bodyLimit: BODY_LIMIT_BYTES } as const;
      scope.addContentTypeParser('*', asBytes, (_request, body, done) => done(null, body));
      scope.get('/v1/models', (request, reply) => this.#answerList(request, reply));
      for (const [path, endpoint] of Object.entries(ENDPOINTS)) {
        scope.post(path, { bodyLimit: BODY_LIMIT_BYTES }, (request, reply) =>
          this.#answer(endpoint, request, reply),
        );
      }
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#parts.upstream.close();
  }

  /** Everything is answered here: what is thrown is a bug, told without its cause. */
  async #answer(endpoint: Endpoint, request: FastifyRequest, reply: FastifyReply): Promise<void> {
    reply.hijack();
    const { dialect } = endpoint;
    const client = new HttpReply(reply.raw, { dialect, requestId: request.id });
    try {
      const caller = await this.#callerOf(request);
      if (!caller.ok) return client.refuse(caller.error);
      const passed = await this.#pass(endpoint, request, { caller: caller.value, client });
      if (!passed.ok) client.refuse(passed.error);
    } catch (error) {
      this.#parts.logger.error({ err: error, request_id: request.id }, 'a call of a model threw');
      if (reply.raw.headersSent) reply.raw.destroy();
      else client.refuse(BUG);
    }
  }

  async #answerList(request: FastifyRequest, reply: FastifyReply): Promise<void> {
    const caller = await this.#callerOf(request);
    if (caller.ok) await reply.send(modelList(this.#parts.models));
    else await reply.status(apiStatusOf(caller.error)).send(apiErrorBody('openai', caller.error, request.id));
  }

  async #callerOf({ headers }: FastifyRequest): Promise<StructuredOutcome<Caller>> {
    const credential = credentialOf(headers);
    if (credential === undefined) return fail(NO_CREDENTIAL);
    const caller = await this.#parts.keys.find(credential);
    return caller.ok ? mayCall(caller.value) : caller;
  }

  #pass(
    endpoint: Endpoint,
    request: FastifyRequest,
    { caller, client }: { caller: Caller; client: HttpReply },
  ): Promise<StructuredOutcome<void>> {
    const { tenantId, keyId } = caller;
    request.tenantId = tenantId;
    const { traceparent, body } = request;
    const headers = passedHeaders(request.headers);
    const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    return this.#parts.pass({ tenantId, keyId, traceparent, endpoint, headers, body: bytes }, client);
  }
}

const NO_CREDENTIAL: ErrorSpec = errorOf(
  'unauthenticated',
  'Send an API key as `Authorization: Bearer …`, `x-api-key` or `X-AOS-Key`.',
);
const BUG: ErrorSpec = errorOf(
  'internal',
  'something went wrong on our side; the request id finds it in our logs',
);
