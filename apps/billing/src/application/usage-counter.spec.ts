import { errorOf, fail, succeed } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import { identityOf, type UsageEntry } from '../domain/usage-entry.ts';
import type { UsageLedger } from './ports.ts';
import { UsageCounter } from './usage-counter.ts';

const entry = (key: string, tenantId = 'acme'): UsageEntry => ({
  tenantId,
  key,
  time: '2026-03-10T12:00:00.000Z',
  lines: [],
});

/** Remembers what it counted, and what it was handed at once; `spoilt` cannot be stored. */
function ledgerOf(spoilt = '') {
  const counted = new Set<string>();
  const batches: string[][] = [];
  const ledger: UsageLedger = {
    count: async (entries) => {
      batches.push(entries.map(({ key }) => key));
      if (entries.some(({ key }) => key === spoilt)) throw new Error('spoilt');
      const fresh = entries.map(identityOf).filter((identity) => !counted.has(identity));
      for (const identity of fresh) counted.add(identity);
      return succeed(new Set(fresh));
    },
  };
  return { ledger, batches };
}

describe('the counter', () => {
  it('tells new entries from those that were counted, also within a batch and between tenants', async () => {
    const counter = new UsageCounter(ledgerOf().ledger);
    const entries = [entry('a'), entry('a'), entry('a', 'globex'), entry('b')];
    const first = await Promise.all(entries.map((one) => counter.count(one)));
    expect(first).toEqual([true, false, true, true].map((isNew) => succeed(isNew)));
    expect(await counter.count(entry('b'))).toEqual(succeed(false));
  });

  it('writes together what comes meanwhile, a limited number at once', async () => {
    const { ledger, batches } = ledgerOf();
    const counter = new UsageCounter(ledger);
    await Promise.all(Array.from({ length: 450 }, (_, index) => counter.count(entry(`${index}`))));
    expect(batches.map(({ length }) => length)).toEqual([200, 200, 50]);
  });

  it('rejects what cannot be stored and counts what came with it', async () => {
    const counter = new UsageCounter(ledgerOf('bad').ledger);
    const keys = ['a', 'bad', 'b'];
    const settled = await Promise.allSettled(keys.map((key) => counter.count(entry(key))));
    expect(settled.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(await counter.count(entry('c'))).toEqual(succeed(true));
  });

  it('has a failure of the ledger for all of a batch, and goes on after it', async () => {
    const { ledger } = ledgerOf();
    let isAway = true;
    const away = fail(errorOf('unavailable', 'away'));
    const counter = new UsageCounter({
      count: async (entries) => (isAway ? away : ledger.count(entries)),
    });
    expect(await Promise.all(['a', 'b'].map((key) => counter.count(entry(key))))).toEqual([away, away]);
    isAway = false;
    expect(await counter.count(entry('a'))).toEqual(succeed(true));
  });
});
