import { testPostgres, waitUntil, type TestDatabase } from '@aos/testing';
import { createLogger } from '@aos/telemetry';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import {
  OutboxRelay,
  addToOutbox,
  createPool,
  sqlTenantDatabase,
  type OutboxMessage,
  type OutgoingMessage,
  type Pool,
  type SqlTenantDatabase,
} from '../src/index.ts';

const SCHEMA = 'outbox probe';
const TABLE = `"${SCHEMA}".outbox`;
const logger = createLogger({ service: 'test', level: 'silent' });

let server: TestDatabase;
let owner: Pool;
let app: SqlTenantDatabase;
let engine: Pool;
let relays: OutboxRelay[] = [];

beforeAll(async () => {
  server = await testPostgres();
  const options = { applicationName: 'test', logger };
  owner = createPool({ ...options, url: server.adminUrl, max: 1 });
  app = sqlTenantDatabase(createPool({ ...options, url: server.appUrl, max: 2 }));
  engine = createPool({ ...options, url: server.systemUrl, max: 4 });
  await owner.query(`
    create schema "${SCHEMA}";
    create table ${TABLE} (
      event_id text primary key, tenant_id text not null, subject text not null, traceparent text not null,
      payload json not null, created_at timestamptz not null default now());
    alter table ${TABLE} enable row level security;
    alter table ${TABLE} force row level security;
    create policy tenant on ${TABLE} for insert to aos_app
      with check (tenant_id = nullif(current_setting('app.tenant_id', true), ''));
    create policy engine on ${TABLE} to aos_engine using (true) with check (true);
    grant usage on schema "${SCHEMA}" to aos_app, aos_engine;
    grant insert on ${TABLE} to aos_app;
    grant select, delete on ${TABLE} to aos_engine;`);
});

afterEach(async () => {
  await Promise.all(relays.splice(0).map((relay) => relay.stop()));
  await engine.query(`delete from ${TABLE}`);
});

afterAll(async () => {
  await Promise.all([app.close(), engine.end(), owner.end()]);
  await server.close();
});

const messageOf = (id: string, tenantId = 'acme'): OutboxMessage => ({
  id,
  tenantId,
  subject: `events.${id}`,
  traceparent: '',
  payload: `{"id": "${id}"}`,
});

const add = (...ids: string[]): Promise<void> =>
  app.transaction('acme', (client) =>
    addToOutbox(
      client,
      SCHEMA,
      ids.map((id) => messageOf(id)),
    ),
  );

function relayTo(publish: (messages: OutgoingMessage[]) => Promise<void>, pool = engine): OutboxRelay {
  const relay = new OutboxRelay({ pool, schema: SCHEMA, publish, logger });
  relays.push(relay);
  return relay;
}

const rowsLeft = async (): Promise<number> =>
  (await engine.query(`select from ${TABLE}`)).rowCount ?? Number.NaN;
const isEmpty = async (): Promise<boolean> => (await rowsLeft()) === 0;

const numbered = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}${count - index}`);

describe('adding to the outbox', () => {
  it('is undone with the transaction', async () => {
    const failing = app.transaction('acme', async (client) => {
      await addToOutbox(client, SCHEMA, [messageOf('lost')]);
      throw new Error('after the insert');
    });
    await expect(failing).rejects.toThrow('after the insert');
    expect(await rowsLeft()).toBe(0);
  });

  it('is refused for another tenant', async () => {
    const foreign = app.transaction('acme', (client) =>
      addToOutbox(client, SCHEMA, [messageOf('x', 'other')]),
    );
    await expect(foreign).rejects.toThrow(/row-level security/);
  });
});

describe('the relay', () => {
  it('publishes what a process that died had committed, as it was written', async () => {
    await add('left-behind');
    const published: OutgoingMessage[] = [];
    relayTo(async (messages) => void published.push(...messages)).start();
    await waitUntil(isEmpty, { what: 'the row is gone' });
    const { tenantId: _, ...outgoing } = messageOf('left-behind');
    expect(published).toEqual([outgoing]);
  });

  it('finds by itself what is added later without a kick', async () => {
    const published: string[] = [];
    relayTo(async (messages) => void published.push(...messages.map(({ id }) => id))).start();
    await add('later');
    await waitUntil(() => published.length > 0, { what: 'the poll found it' });
    expect(published).toEqual(['later']);
  });

  it('keeps the order within a transaction and between transactions, over more than one batch', async () => {
    const transactions = [numbered('a', 600), numbered('b', 3), numbered('c', 600)];
    for (const ids of transactions) await add(...ids);
    const published: string[] = [];
    const relay = relayTo(async (messages) => void published.push(...messages.map(({ id }) => id)));
    relay.kick();
    await waitUntil(isEmpty, { what: 'all rows are gone' });
    expect(published).toEqual(transactions.flat());
  });

  it('deletes a row only after the ack', async () => {
    await add('held');
    const started = Promise.withResolvers<void>();
    const ack = Promise.withResolvers<void>();
    relayTo(() => {
      started.resolve();
      return ack.promise;
    }).kick();
    await started.promise;
    expect(await rowsLeft()).toBe(1);
    ack.resolve();
    await waitUntil(isEmpty, { what: 'the row is gone' });
  });

  it('repeats what could not be published, in the same order', async () => {
    await add('one', 'two');
    const attempts: string[][] = [];
    relayTo(async (messages) => {
      attempts.push(messages.map(({ id }) => id));
      if (attempts.length < 3) throw new Error('no stream listens');
    }).start();
    await waitUntil(isEmpty, { what: 'the rows are gone' });
    expect(attempts).toEqual([
      ['one', 'two'],
      ['one', 'two'],
      ['one', 'two'],
    ]);
  });

  it('goes on after its connection was cut within a batch, and publishes the batch again', async () => {
    await add('cut');
    let attempts = 0;
    relayTo(async () => {
      attempts += 1;
      if (attempts > 1) return;
      await owner.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and usename = 'aos_engine' and state = 'idle in transaction'`,
      );
    }).start();
    await waitUntil(isEmpty, { what: 'the row is gone' });
    expect(attempts).toBe(2);
  });

  it('lets no second relay publish a row that the first one is publishing, nor overtake it', async () => {
    const ids = numbered('m', 1_200);
    await add(...ids);
    const published: string[] = [];
    let underWay = 0;
    let underWayMost = 0;
    const publish = async (messages: OutgoingMessage[]): Promise<void> => {
      underWay += 1;
      underWayMost = Math.max(underWayMost, underWay);
      // A round trip, so that another relay has its chance.
      await owner.query('select 1');
      published.push(...messages.map(({ id }) => id));
      underWay -= 1;
    };
    const other = createPool({ url: server.systemUrl, applicationName: 'test', max: 2, logger });
    const both = [relayTo(publish), relayTo(publish, other)];
    for (const relay of both) relay.start();
    await waitUntil(isEmpty, { what: 'all rows are gone' });
    await Promise.all(both.map((relay) => relay.stop()));
    await other.end();
    expect(published).toEqual(ids);
    expect(underWayMost).toBe(1);
  });

  it('makes one batch of the kicks that come meanwhile', async () => {
    await add('first');
    const gate = Promise.withResolvers<void>();
    const batches: string[][] = [];
    const relay = relayTo(async (messages) => {
      batches.push(messages.map(({ id }) => id));
      await gate.promise;
    });
    relay.kick();
    await waitUntil(() => batches.length === 1, { what: 'the first batch is under way' });
    for (const id of ['second', 'third']) {
      await add(id);
      relay.kick();
    }
    gate.resolve();
    await waitUntil(isEmpty, { what: 'all rows are gone' });
    expect(batches).toEqual([['first'], ['second', 'third']]);
  });

  it('ends the batch under way when it is stopped and takes no other', async () => {
    await add('last');
    const gate = Promise.withResolvers<void>();
    const started = Promise.withResolvers<void>();
    const relay = relayTo(async () => {
      started.resolve();
      await gate.promise;
    });
    relay.start();
    await started.promise;
    const stopped = relay.stop();
    gate.resolve();
    await stopped;
    expect(await rowsLeft()).toBe(0);
    await add('after');
    relay.kick();
    await relay.stop();
    expect(await rowsLeft()).toBe(1);
  });
});
