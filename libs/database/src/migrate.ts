import { readdir } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from '@aos/telemetry';
import { Client } from 'pg';
import Postgrator from 'postgrator';
import { ensureRole } from './roles.ts';

export interface MigrateOptions {
  /** Login that owns the tables and may create roles; not through a pooler. */
  directUrl: string;
  /** Login aos_app. */
  appUrl: string;
  /** Login aos_engine. */
  systemUrl: string;
  logger: Logger;
  /** A folder of SQL files per schema; default: migrations/ of the repository. */
  directory?: string;
}

const MIGRATIONS = fileURLToPath(new URL('../../../migrations', import.meta.url));

/** Of the advisory lock; any number that nothing else on this database uses. */
const LOCK = 4_672_001;

/**
 * Brings roles and schemas up to date and tells which files it applied. Safe to run anywhere, any number of times, at
 * once; each schema is all or nothing. An applied file that was edited is refused by name.
 */
export async function migrate(options: MigrateOptions): Promise<{ applied: string[] }> {
  const client = new Client({ connectionString: options.directUrl, application_name: 'aos-migrate' });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    await ensureRole(client, 'aos_app', options.appUrl);
    await ensureRole(client, 'aos_engine', options.systemUrl);
    const directory = options.directory ?? MIGRATIONS;
    const applied: string[] = [];
    for (const schema of await schemasIn(directory)) {
      applied.push(...(await migrateSchema(client, directory, schema)));
    }
    options.logger.info({ applied }, applied.length === 0 ? 'the database is up to date' : 'migrated');
    return { applied };
  } finally {
    await client.end();
  }
}

async function schemasIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true });
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function migrateSchema(client: Client, directory: string, schema: string): Promise<string[]> {
  let file = '';
  const postgrator = new Postgrator({
    driver: 'pg',
    migrationPattern: `${asPlainText(join(directory, schema))}/*.sql`,
    schemaTable: `${schema}.schema_version`,
    execQuery: (sql) => client.query(sql),
  });
  const remember = ({ filename }: Postgrator.Migration) => {
    file = relative(directory, filename);
  };
  postgrator.on('validation-started', remember);
  postgrator.on('migration-started', remember);
  await client.query('begin');
  try {
    const applied = await postgrator.migrate();
    file = '';
    await refuseLatecomers(client, postgrator, schema);
    await client.query('commit');
    return applied.map(({ filename }) => relative(directory, filename));
  } catch (error) {
    await client.query('rollback');
    throw new Error(`migration ${file || schema}: ${reasonOf(error)}`, { cause: error });
  }
}

function reasonOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.startsWith('MD5 checksum failed')
    ? 'it was edited after it had been applied; undo the edit and write a new file'
    : message;
}

/** A file numbered below what is applied (two branches that met) would be passed over in silence. */
async function refuseLatecomers(client: Client, postgrator: Postgrator, schema: string): Promise<void> {
  const { rows } = await client.query<{ version: string }>(`select version from ${schema}.schema_version`);
  const versions = new Set(rows.map(({ version }) => Number(version)));
  const late = (await postgrator.getMigrations()).find(({ version }) => !versions.has(version));
  if (late !== undefined) {
    throw new Error(
      `${basename(late.filename)} comes too late: a higher number is applied; give it the next one`,
    );
  }
}

/** So that brackets in the path of a clone do not act as a pattern. */
function asPlainText(path: string): string {
  return path.replaceAll(/[\\?*()[\]{}!+@]/g, '\\$&');
}
