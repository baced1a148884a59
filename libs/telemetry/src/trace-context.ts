import { randomBytes } from 'node:crypto';

/** version 00, trace id, parent id, flags (W3C Trace Context, §3.2) */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const ZEROS = /^0+$/;

/** A traceparent for a new span: in the trace of a valid parent with its flags, else in a new, sampled trace. */
export function newTraceparent(parent?: string): string {
  const [, traceId, parentId, flags] = TRACEPARENT.exec(parent ?? '') ?? [];
  const spanId = randomBytes(8).toString('hex');
  if (traceId === undefined || parentId === undefined || ZEROS.test(traceId) || ZEROS.test(parentId)) {
    return `00-${randomBytes(16).toString('hex')}-${spanId}-01`;
  }
  return `00-${traceId}-${spanId}-${flags}`;
}

/** Empty for what is no traceparent. */
export function traceIdOf(traceparent: string): string {
  return TRACEPARENT.exec(traceparent)?.[1] ?? '';
}
