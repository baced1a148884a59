import type { TracingConfig } from '@aos/contracts';
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '../logger.ts';
import { keyValues } from './key-values.ts';
import { LoggingExporter } from './logging-exporter.ts';

/** The exporter to `url`; the variables for traces win over those for everything. */
export function otlpExporter(config: TracingConfig, url: string, logger: Logger): SpanExporter {
  const compression = config.OTEL_EXPORTER_OTLP_TRACES_COMPRESSION ?? config.OTEL_EXPORTER_OTLP_COMPRESSION;
  const settings = {
    url,
    headers: {
      ...keyValues(config.OTEL_EXPORTER_OTLP_HEADERS),
      ...keyValues(config.OTEL_EXPORTER_OTLP_TRACES_HEADERS),
    },
    timeoutMillis: config.OTEL_EXPORTER_OTLP_TRACES_TIMEOUT ?? config.OTEL_EXPORTER_OTLP_TIMEOUT,
    compression: compression === 'gzip' ? CompressionAlgorithm.GZIP : CompressionAlgorithm.NONE,
  };
  const protocol = config.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? config.OTEL_EXPORTER_OTLP_PROTOCOL;
  const isJson = protocol === 'http/json';
  return new LoggingExporter(isJson ? new JsonExporter(settings) : new ProtobufExporter(settings), logger);
}
