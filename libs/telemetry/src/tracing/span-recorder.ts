import {
  ROOT_CONTEXT,
  SpanKind as OtelSpanKind,
  SpanStatusCode,
  diag,
  trace,
  type Context,
  type Span as OtelSpan,
  type Tracer,
} from '@opentelemetry/api';
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { Span, SpanAttributes, SpanError, SpanKind, SpanOptions } from '../span.ts';
import { parseTraceparent } from '../trace-context.ts';
import { withoutSecrets } from '../without-secrets.ts';
import { otlpExporter } from './otlp-exporter.ts';
import { resourceOf } from './resource.ts';
import { samplerOf } from './sampler.ts';
import type { TracingOptions } from './start-tracing.ts';
import { warningsTo } from './warnings.ts';

const KINDS: Readonly<Record<SpanKind, OtelSpanKind>> = {
  internal: OtelSpanKind.INTERNAL,
  server: OtelSpanKind.SERVER,
  client: OtelSpanKind.CLIENT,
  producer: OtelSpanKind.PRODUCER,
  consumer: OtelSpanKind.CONSUMER,
};

/** Longer texts are cut. */
const ATTRIBUTE_LENGTH_MAX = 1_024;
/** How long the end of the process may wait for a collector. */
const STOP_TIMEOUT_MS = 3_000;

/** Records spans with OpenTelemetry's SDK and sends them in batches; of a collector that is away only the log tells. */
export class SpanRecorder {
  readonly #provider: TracerProvider;
  readonly #tracer: Tracer;

  constructor(options: TracingOptions, url: string) {
    const { config, logger, version } = options;
    diag.setLogger(warningsTo(logger), { suppressOverrideMessage: true });
    const batches = new BatchSpanProcessor({
      exporter: otlpExporter(config, url, logger),
      scheduledDelayMillis: config.OTEL_BSP_SCHEDULE_DELAY,
      exportTimeoutMillis: config.OTEL_BSP_EXPORT_TIMEOUT,
      maxQueueSize: config.OTEL_BSP_MAX_QUEUE_SIZE,
      maxExportBatchSize: config.OTEL_BSP_MAX_EXPORT_BATCH_SIZE,
    });
    this.#provider = new TracerProvider({
      resource: resourceOf(options),
      sampler: samplerOf(config),
      spanLimits: { attributeValueLengthLimit: ATTRIBUTE_LENGTH_MAX },
      spanProcessors: [batches],
    });
    this.#tracer = this.#provider.getTracer('aos', version);
  }

  open(name: string, { kind, parent, attributes }: SpanOptions): Span {
    const settings = { kind: KINDS[kind], attributes: present(attributes) };
    return new RecordedSpan(this.#tracer.startSpan(name, settings, contextOf(parent)));
  }

  async stop(): Promise<void> {
    const { promise: tooLate, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, STOP_TIMEOUT_MS);
    // What could not be exported is in the log already.
    await Promise.race([this.#provider.shutdown().catch(() => undefined), tooLate]);
    clearTimeout(timer);
    diag.disable();
  }
}

class RecordedSpan implements Span {
  readonly traceparent: string;
  readonly #span: OtelSpan;

  constructor(span: OtelSpan) {
    const { traceId, spanId, traceFlags } = span.spanContext();
    this.traceparent = `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;
    this.#span = span;
  }

  set(attributes: SpanAttributes): void {
    this.#span.setAttributes(present(attributes));
  }

  fail({ code = '_OTHER', message, owner = 'platform' }: SpanError): void {
    const text = owner === 'platform' ? withoutSecrets(message).slice(0, ATTRIBUTE_LENGTH_MAX) : '';
    this.#span.setAttribute('error.type', code);
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message: text });
  }

  end(): void {
    if (this.#span.isRecording()) this.#span.end();
  }
}

function contextOf(parent: string | undefined): Context {
  const parsed = parseTraceparent(parent);
  if (parsed === undefined) return ROOT_CONTEXT;
  const { traceId, parentId, flags } = parsed;
  const span = { traceId, spanId: parentId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return trace.setSpanContext(ROOT_CONTEXT, span);
}

function present(attributes: SpanAttributes = {}): Record<string, string | number | boolean | string[]> {
  const given: Record<string, string | number | boolean | string[]> = {};
  for (const [name, value] of Object.entries(attributes)) if (value !== undefined) given[name] = value;
  return given;
}
