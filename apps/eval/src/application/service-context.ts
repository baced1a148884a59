import type { RequestContext } from '@aos/contracts';
import { v7 as newId } from 'uuid';

const TIMEOUT_MS = 10_000;

interface OnBehalfOf {
  tenantId: string;
  traceparent: string;
  signal: AbortSignal;
}

/** The context of what this service asks by itself for a tenant. */
export function serviceContext({ tenantId, traceparent, signal }: OnBehalfOf): RequestContext {
  return {
    tenantId,
    actor: { id: 'service:eval', level: 3 },
    requestId: newId(),
    deadlineMs: Date.now() + TIMEOUT_MS,
    traceparent,
    signal,
  };
}
