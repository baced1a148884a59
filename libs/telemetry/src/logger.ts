import { destination as fileDestination, pino, stdTimeFunctions, type DestinationStream } from 'pino';
import { traceIdOf } from './trace-context.ts';

export type Logger = pino.Logger;

interface LoggerOptions {
  service: string;
  level: string;
  /** Default: stdout, written asynchronously and flushed at exit. */
  destination?: DestinationStream;
}

const SECRET_FIELDS = [
  'authorization',
  'cookie',
  'credential',
  'password',
  'secret',
  'token',
  'api_key',
  'apiKey',
  'apikey',
  'key_hash',
  '["x-aos-key"]',
  '["X-AOS-Key"]',
  '["set-cookie"]',
];

/** Top level, one and two levels down: as deep as anything is logged here. */
const REDACTED = ['', '*.', '*.*.'].flatMap((depth) =>
  SECRET_FIELDS.map((field) =>
    field.startsWith('[') ? `${depth.slice(0, -1)}${field}` : `${depth}${field}`,
  ),
);

const URL_PASSWORD = /(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@"]*:)[^\s@"]+(@)/gi;

/** JSON lines with ISO time and the level as a word; secrets are replaced, also passwords inside URLs. */
export function createLogger({ service, level, destination }: LoggerOptions): Logger {
  return pino(
    {
      level,
      base: { service, pid: process.pid },
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      redact: { paths: REDACTED, censor: '[redacted]' },
      hooks: { streamWrite: (line) => line.replace(URL_PASSWORD, '$1[redacted]$2') },
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
