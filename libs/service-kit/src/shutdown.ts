import type { Logger, Tracing } from '@aos/telemetry';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Traffic } from './traffic.ts';

interface ShutdownOptions {
  logger: Logger;
  traffic: Traffic;
  tracing: Tracing;
  timeoutMs: number;
}

/**
 * On SIGTERM or SIGINT: not ready any more, requests in flight finish, then the modules close and the
 * last spans leave; exit 0, or 1 when that
 * takes longer than the timeout. A second signal ends the process at once.
 */
export function drainOnSignal(
  app: NestFastifyApplication,
  { logger, traffic, tracing, timeoutMs }: ShutdownOptions,
): void {
  const drain = async (signal: NodeJS.Signals) => {
    logger.info({ signal }, 'draining');
    setTimeout(() => {
      logger.error({ timeout_ms: timeoutMs }, 'the drain took too long');
      process.exit(1);
    }, timeoutMs);
    await traffic.drain();
    await app.close();
    await tracing.stop();
    logger.info('stopped');
    process.exit(0);
  };
  process.once('SIGTERM', drain);
  process.once('SIGINT', drain);
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onClose', async () => {
      process.off('SIGTERM', drain);
      process.off('SIGINT', drain);
    });
}

/** A bug leaves the process in a state nobody knows: it is logged with its cause, and another process takes over. */
export function exitOnBug(logger: Logger): void {
  process.once('uncaughtException', (error, origin) => {
    logger.fatal({ err: error, origin }, 'uncaught');
    process.exit(1);
  });
}
