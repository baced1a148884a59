/** The three logins of one database. */
export interface DatabaseUrls {
  /** The owner: migrations. */
  directUrl: string;
  /** aos_app: request handlers. */
  appUrl: string;
  /** aos_engine: the orchestrator's engine. */
  systemUrl: string;
}

interface CreateOptions {
  /** Of a superuser. */
  adminUrl: string;
  name: string;
  passwords: Record<'aos_owner' | 'aos_app' | 'aos_engine', string>;
  /** A database to copy. */
  template?: string;
}

/** Creates the database and its owner where they are missing. The owner may create roles and is no superuser. */
export async function ensureDatabase(options: CreateOptions): Promise<DatabaseUrls> {
  const { adminUrl, name, passwords, template = 'template1' } = options;
  await withAdmin(adminUrl, async (query) => {
    const owner = await query("select from pg_roles where rolname = 'aos_owner'");
    const verb = owner === 0 ? 'create' : 'alter';
    await query(`${verb} role aos_owner login createrole password '${passwords.aos_owner}'`);
    const found = await query('select from pg_database where datname = $1', [name]);
    if (found === 0) await query(`create database "${name}" owner aos_owner template "${template}"`);
  });
  const urlOf = (role: keyof typeof passwords) => {
    const url = new URL(adminUrl);
    url.username = role;
    url.password = passwords[role];
    url.pathname = `/${name}`;
    return url.href;
  };
  return { directUrl: urlOf('aos_owner'), appUrl: urlOf('aos_app'), systemUrl: urlOf('aos_engine') };
}

/** Drops the database, cutting open connections. */
export async function dropDatabase(adminUrl: string, name: string): Promise<void> {
  await withAdmin(adminUrl, (query) => query(`drop database if exists "${name}" with (force)`));
}

/** Brings roles and tables up to date. */
export async function migrateDatabase(urls: DatabaseUrls): Promise<void> {
  const { migrate } = await import('@aos/database');
  await migrate({ ...urls, logger: await quietLogger() });
}

type Query = (sql: string, values?: string[]) => Promise<number | null>;

async function withAdmin(url: string, work: (query: Query) => Promise<unknown>): Promise<void> {
  // Loaded late, like the other built packages: provisioning runs before anything is built.
  const { createPool } = await import('@aos/database');
  const pool = createPool({ url, applicationName: 'aos-tooling', max: 1, logger: await quietLogger() });
  try {
    await work(async (sql, values) => (await pool.query(sql, values)).rowCount);
  } finally {
    await pool.end();
  }
}

async function quietLogger() {
  const { createLogger } = await import('@aos/telemetry');
  return createLogger({ service: 'tooling', level: 'error' });
}
