import type { TracingConfig } from '@aos/contracts';
import type { Logger } from '../logger.ts';
import { recordSpansWith } from '../span.ts';

export interface TracingOptions {
  /** Name of the service, without prefix. */
  service: string;
  version: string;
  config: TracingConfig;
  logger: Logger;
}

export interface Tracing {
  /** Exports what is recorded, or gives up after a few seconds; nothing is recorded any more. */
  stop(): Promise<void>;
}

const NO_TRACING: Tracing = { stop: () => Promise.resolve() };

/** From now on the spans of this process are exported, where the configuration says whereto; else this loads nothing. */
export async function startTracing(options: TracingOptions): Promise<Tracing> {
  const { config, logger } = options;
  const url = endpointOf(config);
  if (url === undefined) return NO_TRACING;
  const { SpanRecorder } = await import('./span-recorder.ts');
  const recorder = new SpanRecorder(options, url);
  recordSpansWith((name, span) => recorder.open(name, span));
  logger.info({ endpoint: url, sampler: config.OTEL_TRACES_SAMPLER }, 'spans are exported');
  return {
    stop: () => {
      recordSpansWith();
      return recorder.stop();
    },
  };
}

/** The URL that takes spans; undefined: there is no tracing. */
export function endpointOf(config: TracingConfig): string | undefined {
  if (config.OTEL_SDK_DISABLED || config.OTEL_TRACES_EXPORTER === 'none') return undefined;
  const { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: own, OTEL_EXPORTER_OTLP_ENDPOINT: shared } = config;
  return own ?? (shared === undefined ? undefined : `${shared.replace(/\/$/, '')}/v1/traces`);
}
