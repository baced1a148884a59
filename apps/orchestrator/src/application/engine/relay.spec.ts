import { describe, expect, it } from '@jest/globals';
import { FlushLedger } from './flush-ledger.ts';
import type { Clock, EngineObserver, JournalRow } from './ports.ts';
import { Relay } from './relay.ts';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const clock: Clock = { now: () => 0, sleep: turn, after: () => () => undefined };
const observer: EngineObserver = {
  runFinished: () => undefined,
  stepFinished: () => undefined,
  trouble: () => undefined,
};

const row = (runId: string): JournalRow => ({
  runId,
  tenantId: 't',
  agentId: 'a',
  traceparent: '',
  event: { seq: 1, type: 'run.started', time: '', data: { engine_version: 1 } },
});

/** A relay whose publisher fails the given number of times. */
function relayFailing(failures: number) {
  const told: string[] = [];
  const ledger = new FlushLedger();
  let left = failures;
  const publisher = {
    publish: async (rows: readonly JournalRow[]) => {
      left -= 1;
      if (left >= 0) throw new Error('unreachable');
      told.push(...rows.map(({ runId }) => runId));
    },
    publishTickets: async () => undefined,
    nudge: () => undefined,
  };
  return { relay: new Relay(publisher, ledger, clock, observer), ledger, told };
}

describe('the relay', () => {
  it('publishes in the order of the commits, also what came while it was repeating', async () => {
    const { relay, ledger, told } = relayFailing(3);
    for (const runId of ['a', 'b'])
      relay.enqueue({ flushNo: ledger.begin(), rows: [row(runId)], tickets: [] });
    await Promise.resolve();
    await Promise.resolve();
    relay.enqueue({ flushNo: ledger.begin(), rows: [row('c')], tickets: [] });
    expect(relay.backlog).toBe(3);
    await relay.idle();
    expect(told).toEqual(['a', 'b', 'c']);
    expect([relay.backlog, ledger.closedUpTo()]).toEqual([0, 3]);
  });

  it('closes no flush that it did not get through', async () => {
    const { relay, ledger, told } = relayFailing(Infinity);
    relay.enqueue({ flushNo: ledger.begin(), rows: [row('a')], tickets: [] });
    await turn();
    relay.stop();
    await relay.idle();
    expect([told, ledger.closedUpTo(), relay.backlog]).toEqual([[], 0, 1]);
  });
});
