import { parentPort, workerData } from 'node:worker_threads';
import { createPool } from '@aos/database';
import { createLogger } from '@aos/telemetry';
import { LEASE_MS, RENEW_INTERVAL_MS, STALL_MS_MAX, type LeaseThreadInput } from './lease.ts';
import { workerLock } from './worker-lock.ts';
import { postgresEngineStore } from './engine-store.repository.ts';

/*
 * Renews the lease once a second on a connection of its own, so that a busy main loop does not lose it. A main loop that
 * has stood still for longer than STALL_MS_MAX no longer deserves it: the process is ended, its runs go to others. The
 * same connection holds the lock whose end tells others that this process has died.
 */
const { databaseUrl, workerId, shared } = workerData as LeaseThreadInput;
const clocks = new BigInt64Array(shared);
const pool = createPool({
  url: databaseUrl,
  applicationName: 'aos-orchestrator-lease',
  max: 1,
  logger: createLogger({ service: 'orchestrator', level: 'warn' }),
});
const store = postgresEngineStore(pool, { maxStepsDefault: 0 });
const holdLock = workerLock(pool, workerId);
const nowMs = (): bigint => process.hrtime.bigint() / 1_000_000n;

async function renew(): Promise<void> {
  if (nowMs() - Atomics.load(clocks, 1) > BigInt(STALL_MS_MAX)) process.kill(process.pid, 'SIGKILL');
  const askedAtMs = nowMs();
  try {
    if (await store.renewLease(workerId, LEASE_MS)) {
      Atomics.store(clocks, 0, askedAtMs + BigInt(LEASE_MS));
      Atomics.notify(clocks, 0);
      await holdLock();
    } else {
      parentPort?.postMessage('fenced');
    }
  } catch {
    parentPort?.postMessage('unreachable');
  }
}

await renew();
setInterval(() => void renew(), RENEW_INTERVAL_MS);
