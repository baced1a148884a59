import type { AnyValue, ExportRequest, KeyValue, OtlpSpan } from './otlp-json.ts';
import { ProtobufFields } from './protobuf-fields.ts';

/** An ExportTraceServiceRequest in protobuf (opentelemetry/proto/trace/v1/trace.proto) in the form that JSON gives it. */
export function readExportRequest(bytes: Uint8Array): ExportRequest {
  const resourceSpans = new ProtobufFields(bytes).messages(1).map((of) => ({
    resource: { attributes: of.messages(1).flatMap((resource) => keyValues(resource, 1)) },
    scopeSpans: of.messages(2).map((scope) => ({ spans: scope.messages(2).map(spanOf) })),
  }));
  return { resourceSpans };
}

function spanOf(span: ProtobufFields): OtlpSpan {
  const [status] = span.messages(15);
  return {
    traceId: span.hex(1),
    spanId: span.hex(2),
    parentSpanId: span.hex(4),
    name: span.text(5),
    kind: span.integer(6),
    startTimeUnixNano: span.fixed64(7),
    endTimeUnixNano: span.fixed64(8),
    attributes: keyValues(span, 9),
    status: { message: status?.text(2) ?? '', code: status?.integer(3) ?? 0 },
  };
}

function keyValues(message: ProtobufFields, field: number): KeyValue[] {
  return message.messages(field).map((pair) => {
    const [value] = pair.messages(2);
    return { key: pair.text(1), value: value === undefined ? {} : valueOf(value) };
  });
}

function valueOf(value: ProtobufFields): AnyValue {
  if (value.has(1)) return { stringValue: value.text(1) };
  if (value.has(2)) return { boolValue: value.integer(2) === 1 };
  if (value.has(3)) return { intValue: value.integer(3) };
  if (value.has(4)) return { doubleValue: value.double(4) };
  const [list] = value.messages(5);
  return list === undefined ? {} : { arrayValue: { values: list.messages(1).map(valueOf) } };
}
