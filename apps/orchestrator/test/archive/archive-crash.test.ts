import { rm } from 'node:fs/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ArchiveLedger } from '../../src/application/archive/archive-ledger.ts';
import type { ArchiveStore } from '../../src/application/archive/archive-store.ts';
import { localArchiveStore } from '../../src/outbound/archive/local-archive-store.ts';
import { newFolder, openArchiveWorld, type ArchiveWorld } from './archive-world.ts';

const TODAY = '2001-07-01';
const PHASES_MIN = 10;

let world: ArchiveWorld;
const root = newFolder();
const store = localArchiveStore(root);

beforeAll(async () => {
  world = await openArchiveWorld();
});
afterAll(async () => {
  await world.close();
  await rm(root, { recursive: true });
});

/** A process that stands still for good before the call of that number; what it did until then is done. */
class Crash {
  readonly #reached = Promise.withResolvers<void>();
  readonly reached = this.#reached.promise;
  #callsLeft: number;

  constructor(call: number) {
    this.#callsLeft = call;
  }

  before<T>(call: () => Promise<T>): Promise<T> {
    this.#callsLeft -= 1;
    if (this.#callsLeft > 0) return call();
    this.#reached.resolve();
    return new Promise<never>(() => undefined);
  }

  inStore(real: ArchiveStore): ArchiveStore {
    return {
      write: (...args) => this.before(() => real.write(...args)),
      read: (...args) => this.before(() => real.read(...args)),
      readRange: (...args) => real.readRange(...args),
    };
  }

  inLedger(real: ArchiveLedger): ArchiveLedger {
    return {
      alone: (action) => real.alone(action),
      days: (...args) => this.before(() => real.days(...args)),
      hindrance: (...args) => this.before(() => real.hindrance(...args)),
      holdUp: (...args) => this.before(() => real.holdUp(...args)),
      giveUp: (...args) => this.before(() => real.giveUp(...args)),
      begin: (...args) => this.before(() => real.begin(...args)),
      rows: (...args) => this.before(() => real.rows(...args)),
      keepPlaces: (...args) => this.before(() => real.keepPlaces(...args)),
      verified: (...args) => this.before(() => real.verified(...args)),
      drop: (...args) => this.before(() => real.drop(...args)),
      forgetRuns: (...args) => this.before(() => real.forgetRuns(...args)),
    };
  }
}

/** Whether the process got as far as that call. */
async function dieBefore(call: number): Promise<boolean> {
  const crash = new Crash(call);
  const { pool, kill } = world.doomed(`doomed-${call}`);
  const archivist = world.archivist({
    store: crash.inStore(store),
    ledger: (real) => crash.inLedger(real),
    today: TODAY,
    retention: { keepRunsDays: 1000 },
    pool,
  });
  const isDead = await Promise.race([crash.reached.then(() => true), archivist.pass().then(() => false)]);
  await kill();
  return isDead;
}

describe('a process that dies while it archives a day', () => {
  it('leaves at no point anything that the next one cannot end, with nothing lost', async () => {
    const reader = world.reader(store);
    let phases = 0;
    for (let isDead = true; isDead; phases += 1) {
      const day = `2001-05-${String(phases + 1).padStart(2, '0')}`;
      await world.addPartition(day);
      const runs = await world.addRuns(day, 2, { events: 4 });
      const read = () =>
        Promise.all(runs.map(({ tenantId, runId }) => reader.findWithJournal(tenantId, runId)));
      const before = await read();
      expect(before.map((found) => found?.events.length)).toEqual([4, 4]);
      isDead = await dieBefore(phases + 1);
      expect(await read()).toEqual(before);
      const next = world.archivist({ store, today: TODAY, retention: { keepRunsDays: 1000 } });
      expect(await next.pass()).toBe(true);
      expect(await world.archiveOf(day)).toMatchObject({ status: 'dropped', events: '8', runs: '2' });
      expect(await world.hasPartition(day)).toBe(false);
      expect(await read()).toEqual(before);
    }
    expect(phases).toBeGreaterThan(PHASES_MIN);
  });

  it('is not tried for ever: a day that ends its process is put aside', async () => {
    const day = '2001-04-01';
    await world.addPartition(day);
    await world.addRuns(day, 1);
    for (let call = 0; call < 3; call += 1) {
      const stuck = new Promise<never>(() => undefined);
      const { pool, kill } = world.doomed(`stuck-${call}`);
      const reached = new Promise<void>((resolve) => {
        const archivist = world.archivist({
          store: {
            ...store,
            write: () => {
              resolve();
              return stuck;
            },
          },
          today: TODAY,
          pool,
        });
        void archivist.pass();
      });
      await reached;
      await kill();
    }
    const next = world.archivist({ store, today: TODAY, retention: { keepRunsDays: 1000 } });
    await next.pass();
    expect(next.told).toEqual([`failed ${day} every try ended with its process`]);
    expect(await world.rowsOf(day)).toBe(3);
  });

  it('does not spoil what its successor does, when it is only late', async () => {
    const day = '2001-03-01';
    await world.addPartition(day);
    await world.addRuns(day, 1);
    const late = world.doomed('late');
    const held = Promise.withResolvers<void>();
    const reached = Promise.withResolvers<void>();
    const sleeper = world.archivist({
      store: {
        ...store,
        write: async (...args) => {
          reached.resolve();
          await held.promise;
          await store.write(...args);
        },
      },
      today: TODAY,
      retention: { maxRetries: 0, keepRunsDays: 1000 },
      pool: late.pool,
    });
    const slept = sleeper.pass().catch(() => undefined);
    await reached.promise;
    await late.kill();
    const next = world.archivist({ store, today: '2001-03-06', retention: { keepRunsDays: 1000 } });
    await next.pass();
    held.resolve();
    await slept;
    expect(sleeper.told.join()).toContain('is no longer the latest one');
    expect(await world.archiveOf(day)).toMatchObject({ status: 'verified' });
  });
});
