import { destination as fileDestination, pino, stdTimeFunctions, type DestinationStream } from 'pino';
import { traceIdOf } from './trace-context.ts';
import { withoutSecrets } from './without-secrets.ts';

export type Logger = pino.Logger;

interface LoggerOptions {
  service: string;
  level: string;
  /** Default: stdout, written asynchronously and flushed at exit. */
  destination?: DestinationStream;
}

/** JSON lines with ISO time and the level as a word; secrets are replaced, also passwords inside URLs. */
export function createLogger({ service, level, destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      hooks: { streamWrite: withoutSecrets },
    },
    destination ?? fileDestination({ sync: false }),
  );
}

interface CorrelationFacts {
  tenantId?: string;
  requestId?: string;
  traceparent?: string;
}

/** A logger whose lines carry the ids that tie them to a request. */
export function loggerFor(logger: Logger, { tenantId, requestId, traceparent }: CorrelationFacts): Logger {
  return logger.child({
    ...(tenantId === undefined ? {} : { tenant_id: tenantId }),
    ...(requestId === undefined ? {} : { request_id: requestId }),
    ...(traceparent === undefined ? {} : { trace_id: traceIdOf(traceparent) }),
  });
}
