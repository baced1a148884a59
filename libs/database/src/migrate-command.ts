import { createLogger } from '@aos/telemetry';
import { migrate } from './migrate.ts';

const logger = createLogger({ service: 'migrate', level: 'info' });
const { DATABASE_DIRECT_URL, DATABASE_URL, DATABASE_SYSTEM_URL } = process.env;
if (!DATABASE_DIRECT_URL || !DATABASE_URL || !DATABASE_SYSTEM_URL) {
  logger.fatal(
    'DATABASE_DIRECT_URL (owner), DATABASE_URL (aos_app) and DATABASE_SYSTEM_URL (aos_engine) must be set',
  );
  process.exitCode = 2;
} else {
  const urls = { directUrl: DATABASE_DIRECT_URL, appUrl: DATABASE_URL, systemUrl: DATABASE_SYSTEM_URL };
  try {
    await migrate({ ...urls, logger });
  } catch (error) {
    logger.fatal({ err: error }, 'the migration failed; nothing of the schema it failed in was changed');
    process.exitCode = 1;
  }
}
