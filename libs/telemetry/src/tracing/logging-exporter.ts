import { ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '../logger.ts';

type OnResult = Parameters<SpanExporter['export']>[1];

/** Tells the log once when the collector cannot be reached, and once when it can again. */
export class LoggingExporter implements SpanExporter {
  #isAway = false;
  #lost = 0;

  constructor(
    private readonly exporter: SpanExporter,
    private readonly logger: Logger,
  ) {}

  export(spans: ReadableSpan[], onResult: OnResult): void {
    this.exporter.export(spans, (result) => {
      if (result.code === ExportResultCode.SUCCESS) this.arrived();
      else this.lost(spans.length, result.error);
      onResult(result);
    });
  }

  shutdown(): Promise<void> {
    return this.exporter.shutdown();
  }

  forceFlush(): Promise<void> {
    return this.exporter.forceFlush?.() ?? Promise.resolve();
  }

  private arrived(): void {
    if (!this.#isAway) return;
    this.logger.info({ lost_spans: this.#lost }, 'the collector takes spans again');
    this.#isAway = false;
    this.#lost = 0;
  }

  private lost(count: number, error: Error | undefined): void {
    this.#lost += count;
    if (this.#isAway) return;
    this.#isAway = true;
    this.logger.warn(
      { err: error },
      'spans cannot be exported; they are dropped until the collector is back',
    );
  }
}
