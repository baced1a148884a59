import { startPostgres } from '@aos/testing';
import { createLogger } from '@aos/telemetry';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createPool, migrate } from '../src/index.ts';

const logger = createLogger({ service: 'test', level: 'silent' });

// A server of its own: passwords belong to the whole server, other tests would be locked out.
let server: Awaited<ReturnType<typeof startPostgres>>;

beforeAll(async () => {
  server = await startPostgres();
});

afterAll(() => server.stop());

function urlOf(user: string, password: string): string {
  const url = new URL(server.adminUrl);
  url.username = user;
  url.password = encodeURIComponent(password);
  return url.href;
}

function migrateWith(urls: { appUrl?: string; directUrl?: string }) {
  const usual = {
    directUrl: server.adminUrl,
    appUrl: urlOf('aos_app', 'first'),
    systemUrl: urlOf('aos_engine', 'first'),
  };
  return migrate({ ...usual, ...urls, logger });
}

async function ask(url: string, sql: string): Promise<unknown[]> {
  const pool = createPool({ url, applicationName: 'test', max: 1, logger });
  try {
    return (await pool.query(sql)).rows;
  } finally {
    await pool.end();
  }
}

describe('the logins that migrate makes', () => {
  it('have the passwords of the URLs, whatever characters are in them, also after a change', async () => {
    await migrateWith({});
    await expect(ask(urlOf('aos_app', 'first'), 'select 1 as one')).resolves.toEqual([{ one: 1 }]);
    const changed = urlOf('aos_app', `it's "new" \\ /@:%`);
    await migrateWith({ appUrl: changed });
    await expect(ask(changed, 'select 1 as one')).resolves.toEqual([{ one: 1 }]);
    await expect(ask(urlOf('aos_app', 'first'), 'select 1')).rejects.toThrow(
      'password authentication failed',
    );
  });

  it('cannot see past row security and own nothing', async () => {
    await migrateWith({});
    const rows = await ask(
      server.adminUrl,
      `select rolname, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb, rolcanlogin,
         (select count(*)::int from pg_class where relowner = r.oid)
         + (select count(*)::int from pg_namespace where nspowner = r.oid) as owned
       from pg_roles r where rolname in ('aos_app', 'aos_engine') order by rolname`,
    );
    const plain = {
      rolsuper: false,
      rolbypassrls: false,
      rolcreaterole: false,
      rolcreatedb: false,
      rolcanlogin: true,
      owned: 0,
    };
    expect(rows).toEqual([
      { rolname: 'aos_app', ...plain },
      { rolname: 'aos_engine', ...plain },
    ]);
  });

  it('are refused when somebody gave them the power to see past row security', async () => {
    await migrateWith({});
    await ask(server.adminUrl, 'alter role aos_app bypassrls');
    try {
      await expect(migrateWith({})).rejects.toThrow('role aos_app must have no attribute beyond LOGIN');
    } finally {
      await ask(server.adminUrl, 'alter role aos_app nobypassrls');
    }
  });

  it('must be the two that the policies are made for', async () => {
    await expect(migrateWith({ appUrl: server.adminUrl })).rejects.toThrow('the login must be aos_app');
  });

  it('are made once by migrations of several databases of one server at once', async () => {
    await ask(server.adminUrl, 'create database other');
    const other = new URL('/other', server.adminUrl).href;
    const results = await Promise.all([
      migrateWith({}),
      migrateWith({ directUrl: other }),
      migrateWith({}),
      migrateWith({ directUrl: other }),
    ]);
    expect(results).toHaveLength(4);
  });
});
