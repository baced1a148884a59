import type { Logger } from '@aos/telemetry';
import type { LoggerService } from '@nestjs/common';

/** Nest's own lines in the service's log; what it tells of its start is debug. */
export function nestLogger(logger: Logger): LoggerService {
  const write =
    (level: 'debug' | 'warn' | 'error' | 'fatal') =>
    (message: unknown, ...rest: unknown[]) => {
      const context = rest.at(-1);
      const err = [message, ...rest].find((part) => part instanceof Error);
      logger[level]({ context, ...(err === undefined ? {} : { err }) }, String(message));
    };
  return {
    log: write('debug'),
    debug: write('debug'),
    verbose: write('debug'),
    warn: write('warn'),
    error: write('error'),
    fatal: write('fatal'),
  };
}
