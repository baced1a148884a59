import { z } from 'zod';
import { envBool, envInt, envUrl } from './env.ts';

const httpUrl = envUrl(/^https?$/);
const protocol = z.enum(['http/protobuf', 'http/json']);
const compression = z.enum(['none', 'gzip']);
const timeoutMs = z.coerce.number().int().min(1);
const headers = z.string().describe('sent with the spans: name=value, separated by commas');

/** OpenTelemetry's own variables, as its specification means them; traces are exported where an endpoint is set. */
export const tracingConfig = {
  OTEL_SDK_DISABLED: envBool(false).describe('true: no span is exported, whatever else is set'),
  OTEL_TRACES_EXPORTER: z.enum(['otlp', 'none']).default('otlp'),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl
    .optional()
    .describe('where a collector listens; spans go to its /v1/traces. Without it there is no tracing'),
  OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: httpUrl.optional().describe('the same as the whole URL for spans'),
  OTEL_EXPORTER_OTLP_PROTOCOL: protocol.default('http/protobuf'),
  OTEL_EXPORTER_OTLP_TRACES_PROTOCOL: protocol.optional(),
  OTEL_EXPORTER_OTLP_HEADERS: headers.optional(),
  OTEL_EXPORTER_OTLP_TRACES_HEADERS: headers.optional(),
  OTEL_EXPORTER_OTLP_TIMEOUT: timeoutMs.default(10_000).describe('ms that one export may take'),
  OTEL_EXPORTER_OTLP_TRACES_TIMEOUT: timeoutMs.optional(),
  OTEL_EXPORTER_OTLP_COMPRESSION: compression.default('none'),
  OTEL_EXPORTER_OTLP_TRACES_COMPRESSION: compression.optional(),
  OTEL_SERVICE_NAME: z.string().optional().describe('absent: aos- and the name of the service'),
  OTEL_RESOURCE_ATTRIBUTES: z
    .string()
    .optional()
    .describe('what is true of every span: name=value, separated by commas'),
  OTEL_TRACES_SAMPLER: z
    .enum([
      'always_on',
      'always_off',
      'traceidratio',
      'parentbased_always_on',
      'parentbased_always_off',
      'parentbased_traceidratio',
    ])
    .default('parentbased_always_on'),
  OTEL_TRACES_SAMPLER_ARG: z.coerce
    .number()
    .min(0)
    .max(1)
    .default(1)
    .describe('the share of traces that a traceidratio sampler keeps'),
  OTEL_BSP_SCHEDULE_DELAY: envInt(5_000).describe('ms between two exports'),
  OTEL_BSP_EXPORT_TIMEOUT: envInt(30_000, { min: 1 }).describe('ms that one batch may take with its repeats'),
  OTEL_BSP_MAX_QUEUE_SIZE: envInt(2_048, { min: 1 }).describe('spans kept for export; more are dropped'),
  OTEL_BSP_MAX_EXPORT_BATCH_SIZE: envInt(512, { min: 1 }),
};

const tracing = z.object(tracingConfig);

export type TracingConfig = z.output<typeof tracing>;
