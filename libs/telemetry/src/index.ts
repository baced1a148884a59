export * from './logger.ts';
export * from './metrics.ts';
export {
  openSpan,
  type OpenSpan,
  type Span,
  type SpanAttributes,
  type SpanError,
  type SpanKind,
  type SpanOptions,
} from './span.ts';
export { newTraceparent, traceIdOf } from './trace-context.ts';
export { startTracing, type Tracing, type TracingOptions } from './tracing/start-tracing.ts';
