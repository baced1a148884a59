import { createPool, type Pool } from '@aos/database';
import { createLogger } from '@aos/telemetry';

/** A superuser's connections, for looking past row security. */
export function adminPool(url: string): Pool {
  const logger = createLogger({ service: 'benchmarks', level: 'silent' });
  return createPool({ url, applicationName: 'benchmarks', max: 2, logger });
}
