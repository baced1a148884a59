import { createPool } from '@aos/database';
import { createLogger } from '@aos/telemetry';
import type { TestStack } from '@aos/testing';

/** A superuser's connection to the services' database, for looking past row security and for being in their way. */
export function adminPool(stack: TestStack): ReturnType<typeof createPool> {
  return createPool({
    url: stack.postgres.adminUrl.replace(/[^/]+$/, 'aos'),
    applicationName: 'e2e',
    max: 1,
    logger: createLogger({ service: 'e2e', level: 'error' }),
  });
}
