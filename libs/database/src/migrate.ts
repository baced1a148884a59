import type { Logger } from '@aos/telemetry';

export interface MigrateOptions {
  /** The owner of the tables. */
  directUrl: string;
  /** The login aos_app. */
  appUrl: string;
  /** The login aos_engine. */
  systemUrl: string;
  logger: Logger;
  /** A folder per schema; default /migrations of the repository. */
  directory?: string;
}

export async function migrate(_options: MigrateOptions): Promise<{ applied: string[] }> {
  return { applied: [] };
}
