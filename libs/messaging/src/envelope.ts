import { HEADERS, errorOf, fail, type RequestContext, type StructuredOutcome } from '@aos/contracts';
import { headers, type MsgHdrs } from '@nats-io/nats-core';

/** The scope of an actor that may act for every tenant. */
const PLATFORM = 'platform';

/** The context of a request as headers; the body is the payload alone, so that `nats req` works by hand. */
export function toHeaders(context: RequestContext): MsgHdrs {
  const envelope = headers();
  if (context.tenantId !== '') envelope.set(HEADERS.tenant, context.tenantId);
  envelope.set(HEADERS.actor, context.actor.id);
  envelope.set(HEADERS.level, String(context.actor.level));
  if (context.actor.isForAllTenants === true) envelope.set(HEADERS.scope, PLATFORM);
  envelope.set(HEADERS.requestId, context.requestId);
  envelope.set(HEADERS.deadline, String(context.deadlineMs));
  envelope.set(HEADERS.traceparent, context.traceparent);
  if (context.idempotencyKey !== undefined) envelope.set(HEADERS.idempotencyKey, context.idempotencyKey);
  return envelope;
}

interface ReadOptions {
  /** Whether the command is asked before its tenant is known. */
  isAnonymous: boolean;
  /** Deadline of a request that names none, ms from now. */
  timeoutMs: number;
  signal: AbortSignal;
  /** Of the span in which the request is answered. */
  traceparent: string;
}

/** The context of a received request; without a tenant only where the command is asked before it is known. */
export function readContext(
  envelope: MsgHdrs | undefined,
  options: ReadOptions,
): StructuredOutcome<RequestContext> {
  const read = (name: string): string => envelope?.get(name) ?? '';
  const tenantId = read(HEADERS.tenant);
  if (tenantId === '' && !options.isAnonymous) {
    return fail(errorOf('tenant_required', `the header ${HEADERS.tenant} is missing`));
  }
  const deadlineMs = Number(read(HEADERS.deadline)) || Date.now() + options.timeoutMs;
  if (Date.now() >= deadlineMs)
    return fail(errorOf('deadline_exceeded', 'the deadline had passed when the request arrived'));
  const idempotencyKey = read(HEADERS.idempotencyKey);
  return {
    ok: true,
    value: {
      tenantId,
      actor: {
        id: read(HEADERS.actor) || 'unknown',
        level: Number(read(HEADERS.level)) || 0,
        ...(read(HEADERS.scope) === PLATFORM ? { isForAllTenants: true } : {}),
      },
      requestId: read(HEADERS.requestId) || crypto.randomUUID(),
      deadlineMs,
      traceparent: options.traceparent,
      ...(idempotencyKey === '' ? {} : { idempotencyKey }),
      signal: options.signal,
    },
  };
}
