export * from './logger.ts';
export * from './metrics.ts';
export {
  openSpan,
  type OpenSpan,
  type Span,
  type SpanAttributes,
  type SpanKind,
  type SpanOptions,
} from './span.ts';
export * from './trace-context.ts';
