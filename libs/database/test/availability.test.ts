import { startPostgres } from '@aos/testing';
import { createLogger } from '@aos/telemetry';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { gatewayDatabase, type GatewayDatabase } from '../src/gateway.ts';
import { createPool, isDatabaseUnavailable, migrate, type Pool } from '../src/index.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
let server: Awaited<ReturnType<typeof startPostgres>>;
let pool: Pool;
let database: GatewayDatabase;

beforeAll(async () => {
  server = await startPostgres();
  const appUrl = server.adminUrl.replace(/\/\/[^@]*@/, '//aos_app:app@');
  const systemUrl = appUrl.replace('aos_app', 'aos_engine');
  await migrate({ directUrl: server.adminUrl, appUrl, systemUrl, logger });
  pool = createPool({ url: appUrl, applicationName: 'test', max: 2, logger });
  database = gatewayDatabase(pool);
});

afterAll(async () => {
  await database.close();
  await server.stop();
});

const judged = (query: Promise<unknown>): Promise<boolean> => query.then(() => false, isDatabaseUnavailable);
const read = () => database.transaction('t', (tx) => tx.tenant.findMany());

describe('a dead database', () => {
  it('is told from a bug, in a transaction as outside, and serves again when it is back, on the same pool', async () => {
    const inUse = await pool.connect();
    const cut = database.transaction('t', async (tx) => {
      await server.kill();
      return tx.tenant.findMany();
    });
    expect(await judged(cut)).toBe(true);
    expect(await judged(inUse.query('select 1'))).toBe(true);
    inUse.release(true);
    expect(await judged(read())).toBe(true);
    expect(await judged(database.lookupByKeyHash(new Uint8Array(32)))).toBe(true);
    expect(await judged(pool.query('select 1'))).toBe(true);
    expect(await judged(database.ping())).toBe(true);
    await server.restart();
    expect(await read()).toEqual([]);
  });

  it('is not what a wrong statement is taken for', async () => {
    expect(await judged(pool.query('select 1 / 0'))).toBe(false);
    expect(await judged(database.transaction('t', (tx) => tx.$queryRaw`select 1 / 0`))).toBe(false);
    expect(await judged(database.transaction('t', () => Promise.reject(new Error('of the work'))))).toBe(
      false,
    );
  });
});
