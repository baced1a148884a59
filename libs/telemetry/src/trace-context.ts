import { randomBytes } from 'node:crypto';

/** version 00, trace id, parent id, flags (W3C Trace Context, §3.2) */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const ZEROS = /^0+$/;

interface TraceContext {
  traceId: string;
  parentId: string;
  /** Two hexadecimal digits; the last bit says whether the trace is sampled. */
  flags: string;
}

/** Undefined for what is no traceparent. */
export function parseTraceparent(traceparent: string | undefined): TraceContext | undefined {
  const [, traceId, parentId, flags] = TRACEPARENT.exec(traceparent ?? '') ?? [];
  if (traceId === undefined || parentId === undefined || flags === undefined) return undefined;
  return ZEROS.test(traceId) || ZEROS.test(parentId) ? undefined : { traceId, parentId, flags };
}

/** A traceparent for a new span: in the trace of a valid parent with its flags, else in a new, sampled trace. */
export function newTraceparent(parent?: string): string {
  const spanId = randomBytes(8).toString('hex');
  const context = parseTraceparent(parent);
  if (context === undefined) return `00-${randomBytes(16).toString('hex')}-${spanId}-01`;
  return `00-${context.traceId}-${spanId}-${context.flags}`;
}

/** Empty for what is no traceparent. */
export function traceIdOf(traceparent: string): string {
  return parseTraceparent(traceparent)?.traceId ?? '';
}
