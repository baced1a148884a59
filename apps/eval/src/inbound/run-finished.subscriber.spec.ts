import { succeed } from '@aos/contracts';
import type { CoreMessage } from '@aos/messaging';
import { createLogger } from '@aos/telemetry';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { FinishedRun } from '../application/judge-finished-run.ts';
import { FinishedRuns } from './run-finished.subscriber.ts';

const subscribers = new Map<string, (message: CoreMessage) => void>();
const told: FinishedRun[] = [];
let judging: Promise<void>;
let finishedRuns: FinishedRuns;

beforeEach(() => {
  subscribers.clear();
  told.length = 0;
  judging = Promise.resolve();
  finishedRuns = new FinishedRuns({
    messaging: {
      subscribeCore: (subject, onMessage) => {
        subscribers.set(subject, onMessage);
        return () => subscribers.delete(subject);
      },
    },
    onFinished: async (run) => {
      told.push(run);
      await judging;
      return succeed(null);
    },
    logger: createLogger({ service: 'test', level: 'silent' }),
  });
});

const of = (tenantId: string) => `aos.live.v1.${tenantId}.*.run.*.run.finished`;

function ends(tenantId: string): void {
  const subject = `aos.live.v1.${tenantId}.agent-1.run.run-1.run.finished`;
  subscribers.get(of(tenantId))?.({ subject, payload: 'is not read' });
}

describe('the ends of runs', () => {
  it('are heard of the tenants that are followed, and of no others', () => {
    expect([...subscribers.keys()]).toEqual([]);
    finishedRuns.follow(new Set(['acme', 'globex']));
    finishedRuns.follow(new Set(['globex', 'initech']));
    expect([...subscribers.keys()]).toEqual([of('globex'), of('initech')]);
  });

  it('are told by what their subject says', () => {
    finishedRuns.follow(new Set(['acme']));
    ends('acme');
    expect(told).toEqual([{ tenantId: 'acme', agentId: 'agent-1', runId: 'run-1' }]);
  });

  it('are dealt with before the stop is over, also where that fails', async () => {
    const judged = Promise.withResolvers<void>();
    judging = judged.promise;
    finishedRuns.follow(new Set(['acme']));
    ends('acme');
    let hasStopped = false;
    const stopped = finishedRuns.stop().then(() => (hasStopped = true));
    await new Promise((resolve) => setImmediate(resolve));
    expect([hasStopped, subscribers.size]).toEqual([false, 0]);
    judged.reject(new Error('the database is away'));
    await stopped;
  });
});
