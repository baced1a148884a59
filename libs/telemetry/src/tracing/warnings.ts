import type { DiagLogger } from '@opentelemetry/api';
import type { Logger } from '../logger.ts';

const INTERVAL_MS = 60_000;

const silent = (): void => undefined;

/** The SDK's warnings in the service's log, at most one a minute; its errors are failed exports, which are told elsewhere. */
export function warningsTo(logger: Logger): DiagLogger {
  let nextMs = 0;
  return {
    error: silent,
    warn: (message) => {
      if (Date.now() < nextMs) return;
      nextMs = Date.now() + INTERVAL_MS;
      logger.warn({ said: message }, 'tracing');
    },
    info: silent,
    debug: silent,
    verbose: silent,
  };
}
