import { SPAN_KINDS, STATUS_CODES, type ReceivedSpan, type ReceivedValue } from './received-span.ts';

/** What OTLP/JSON calls an ExportTraceServiceRequest, as far as tests look at it. */
export interface ExportRequest {
  resourceSpans?: {
    resource?: { attributes?: KeyValue[] };
    scopeSpans?: { spans?: OtlpSpan[] }[];
  }[];
}

export interface KeyValue {
  key: string;
  value?: AnyValue;
}

export interface AnyValue {
  stringValue?: string;
  boolValue?: boolean;
  intValue?: string | number;
  doubleValue?: number;
  arrayValue?: { values?: AnyValue[] };
}

export interface OtlpSpan {
  traceId: string;
  spanId: string;
  parentSpanId?: string;
  name: string;
  kind?: number;
  startTimeUnixNano: string;
  endTimeUnixNano: string;
  attributes?: KeyValue[];
  status?: { code?: number; message?: string };
}

/** The spans of one export, whoever sent them. */
export function spansOf({ resourceSpans = [] }: ExportRequest): ReceivedSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const facts = attributesOf(resource?.attributes);
    return scopeSpans.flatMap(({ spans = [] }) => spans.map((span) => received(span, facts)));
  });
}

function received(span: OtlpSpan, resource: Record<string, ReceivedValue>): ReceivedSpan {
  return {
    name: span.name,
    kind: SPAN_KINDS[span.kind ?? 0] ?? 'unspecified',
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId ?? '',
    attributes: attributesOf(span.attributes),
    status: { code: STATUS_CODES[span.status?.code ?? 0] ?? 'unset', message: span.status?.message ?? '' },
    durationMs: Number(BigInt(span.endTimeUnixNano) - BigInt(span.startTimeUnixNano)) / 1e6,
    service: String(resource['service.name']),
    resource,
  };
}

function attributesOf(attributes: KeyValue[] = []): Record<string, ReceivedValue> {
  return Object.fromEntries(attributes.map(({ key, value = {} }) => [key, valueOf(value)]));
}

function valueOf(value: AnyValue): ReceivedValue {
  if (value.arrayValue !== undefined) return (value.arrayValue.values ?? []).map(valueOf);
  if (value.intValue !== undefined) return Number(value.intValue);
  return value.stringValue ?? value.boolValue ?? value.doubleValue ?? '';
}
