import { errorOf, fail, succeed, type StructuredOutcome } from '@aos/contracts';
import { createLogger } from '@aos/telemetry';
import { describe, expect, it } from '@jest/globals';
import { Writable } from 'node:stream';
import type { Reconciled } from './reconcile-usage.ts';
import { repeatReconciliation } from './repeat-reconciliation.ts';

type Try = () => Promise<StructuredOutcome<Reconciled>>;

const done: Try = async () => succeed({ read: 1, late: 0 });
const away: Try = async () => fail(errorOf('unavailable', 'router is away'));
const busy: Try = async () => fail(errorOf('conflict', 'another is at it'));
const bug: Try = async () => {
  throw new Error('a bug');
};

/** Runs the tries one after the other and ends after the last; answers when each began and what was logged. */
async function repeat(tries: Try[], everyMs: number): Promise<{ atMs: number[]; logs: string }> {
  const ending = new AbortController();
  const atMs: number[] = [];
  let logs = '';
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, written) => {
      logs += chunk.toString();
      written();
    },
  });
  const logger = createLogger({ service: 'test', level: 'debug', destination });
  const reconcile: Try = async () => {
    atMs.push(performance.now());
    const next = tries.shift() ?? done;
    if (tries.length === 0) setImmediate(() => ending.abort());
    return next();
  };
  await repeatReconciliation({ reconcile, everyMs, logger }, ending.signal);
  return { atMs, logs };
}

describe('reconciliation', () => {
  it('is done at once and again after its interval', async () => {
    const { atMs } = await repeat([done, done, done], 20);
    const [first = 0, , third = 0] = atMs;
    expect(third - first).toBeGreaterThanOrEqual(38);
    expect(atMs).toHaveLength(3);
  });

  it('is tried again sooner than that when it failed, also by a bug', async () => {
    const { atMs, logs } = await repeat([away, bug, done], 3_600_000);
    const [first = 0, second = 0, third = 0] = atMs;
    expect(second - first).toBeGreaterThanOrEqual(990);
    expect(third - second).toBeGreaterThanOrEqual(1_990);
    expect(logs).toContain('router is away');
    expect(logs).toContain('a bug');
  });

  it('by another process is no failure to be told', async () => {
    const { logs } = await repeat([busy], 3_600_000);
    expect(logs).not.toContain('"level":"warn"');
  });

  it('ends in the middle of a pause when the process drains', async () => {
    const startedMs = performance.now();
    await repeat([done], 3_600_000);
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });
});
