export type ReceivedValue = string | number | boolean | ReceivedValue[];

/** A span as a collector got it. */
export interface ReceivedSpan {
  name: string;
  kind: 'unspecified' | 'internal' | 'server' | 'client' | 'producer' | 'consumer';
  traceId: string;
  spanId: string;
  /** Empty at the root of a trace. */
  parentSpanId: string;
  attributes: Record<string, ReceivedValue>;
  status: { code: 'unset' | 'ok' | 'error'; message: string };
  durationMs: number;
  /** `service.name` of its resource. */
  service: string;
  /** All of its resource. */
  resource: Record<string, ReceivedValue>;
}

export const SPAN_KINDS = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
export const STATUS_CODES = ['unset', 'ok', 'error'] as const;
