import { randomUUID } from 'node:crypto';
import type { RequestContext } from '@aos/contracts';

const NEVER = new AbortController().signal;

/**
 * The context of what realtime asks for on its own account, for a tenant whose watcher was verified. Without a
 * traceparent each request begins a trace.
 */
export function ownContext(tenantId: string, timeoutMs: number, traceparent = ''): RequestContext {
  return {
    tenantId,
    actor: { id: 'service:realtime', level: 1 },
    requestId: randomUUID(),
    deadlineMs: Date.now() + timeoutMs,
    traceparent,
    signal: NEVER,
  };
}
