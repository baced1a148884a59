import { randomUUID } from 'node:crypto';
import type { RequestContext } from '@aos/contracts';
import { newTraceparent } from '@aos/telemetry';

const NEVER = new AbortController().signal;

/** The context of what realtime asks for on its own account, for a tenant whose watcher was verified. */
export function ownContext(tenantId: string, timeoutMs: number, parent?: string): RequestContext {
  return {
    tenantId,
    actor: { id: 'service:realtime', level: 1 },
    requestId: randomUUID(),
    deadlineMs: Date.now() + timeoutMs,
    traceparent: newTraceparent(parent),
    signal: NEVER,
  };
}
