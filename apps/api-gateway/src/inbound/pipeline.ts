import { succeed, type HttpRoute, type RequestContext, type StructuredOutcome } from '@aos/contracts';
import type { FastifyReply, FastifyRequest, RouteGenericInterface } from 'fastify';
import type { LimitRate } from '../application/limit-rate.ts';
import type { VerifyCredential } from '../application/verify-credential.ts';
import type { Answer } from './answer-table.ts';
import { clientGone } from './client-gone.ts';
import type { ReadBody } from './json-body.ts';
import { idempotencyKeyStage } from './stages/idempotency-key.stage.ts';
import type { ReadInput } from './stages/input.stage.ts';
import { keyStage } from './stages/key.stage.ts';
import { levelStage } from './stages/level.stage.ts';
import { rateLimitStage } from './stages/rate-limit.stage.ts';
import { tenancyStage } from './stages/tenancy.stage.ts';

/** What the stages decide by. */
export interface Gate {
  isTenancyEnforced: boolean;
  isRbacEnabled: boolean;
  verifyCredential: VerifyCredential;
  limitRate: LimitRate;
}

/** The shape of the requests of the API before they are checked. */
export interface ApiRequest extends RouteGenericInterface {
  Params: Record<string, string>;
  Querystring: Record<string, unknown>;
  Body: ReadBody | undefined;
}

const NO_BODY: ReadBody = succeed(undefined);

/** What is known of a request once it may pass. */
type Admission = Omit<RequestContext, 'deadlineMs' | 'signal'>;

declare module 'fastify' {
  interface FastifyRequest {
    /** Set once the request may pass. */
    admission: Admission | null;
  }
}

/**
 * The way of every request: request id and trace (service-kit) → tenancy → key → level → idempotency key →
 * rate limit → body → input → answer. The first stage that refuses answers, and nothing after it runs;
 * up to the rate limit the headers suffice, so the body of a refused request is not even read.
 */
export async function admit(
  request: FastifyRequest,
  reply: FastifyReply,
  route: HttpRoute,
  gate: Gate,
): Promise<StructuredOutcome<Admission>> {
  const { headers } = request;
  const asked = tenancyStage(headers, gate.isTenancyEnforced);
  if (!asked.ok) return asked;
  const caller = await keyStage(headers, asked.value, gate.verifyCredential);
  if (!caller.ok) return caller;
  const { tenant_id: tenantId, actor, level, is_for_all_tenants: isForAllTenants = false } = caller.value;
  request.tenantId = tenantId;
  const levelled = levelStage(level, route, gate.isRbacEnabled);
  if (!levelled.ok) return levelled;
  const idempotencyKey = idempotencyKeyStage(headers);
  if (!idempotencyKey.ok) return idempotencyKey;
  const limited = await rateLimitStage(reply, gate.limitRate, tenantId, route.rate);
  if (!limited.ok) return limited;
  return succeed({
    tenantId,
    actor: { id: actor, level, isForAllTenants },
    requestId: request.id,
    traceparent: request.traceparent,
    idempotencyKey: idempotencyKey.value,
  });
}

/** The rest of the way, with the body: input, then the answer of whoever owns the command. */
export async function submit(
  request: FastifyRequest<ApiRequest>,
  reply: FastifyReply,
  { readInput, answer }: { readInput: ReadInput; answer: Answer },
): Promise<StructuredOutcome<unknown>> {
  const { admission, params, query, body = NO_BODY } = request;
  if (admission === null) throw new Error('a request came past admit()');
  if (!body.ok) return body;
  const input = readInput({ params, query, body: body.value, idempotencyKey: admission.idempotencyKey });
  if (!input.ok) return input;
  const run = answer.check(input.value);
  if (!run.ok) return run;
  return run.value({ ...admission, deadlineMs: Date.now() + answer.timeoutMs, signal: clientGone(reply) });
}
