import { randomFillSync } from 'node:crypto';

/** version 00, trace id, parent id, flags (W3C Trace Context, §3.2) */
const TRACEPARENT = /^00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const ZEROS = /^0+$/;

/** Random bytes in store: asking for eight at a time costs ten times as much. */
const pool = Buffer.alloc(4_096);
let used = pool.length;

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
  const spanId = randomHex(8);
  const context = parseTraceparent(parent);
  if (context === undefined) return `00-${randomHex(16)}-${spanId}-01`;
  return `00-${context.traceId}-${spanId}-${context.flags}`;
}

/** Empty for what is no traceparent. */
export function traceIdOf(traceparent: string): string {
  return parseTraceparent(traceparent)?.traceId ?? '';
}

function randomHex(bytes: number): string {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return pool.toString('hex', used - bytes, used);
}
