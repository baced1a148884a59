import type { Pool } from '@aos/database';
import type { EngineStore } from '../application/engine/ports.ts';
import { closeToChildren } from './engine-store/children.ts';
import { claimOverdueRuns, claimRuns, ownedRuns } from './engine-store/claim.ts';
import { run, type Statement } from './engine-store/connection.ts';
import { flushBatch } from './engine-store/flush.ts';
import {
  buryDeadWorkers,
  deleteFlushes,
  handBack,
  journalOf,
  leftFlushes,
  unlockedWorkers,
  wakeDue,
} from './engine-store/recovery.ts';
import { restartRun } from './engine-store/restart.ts';
import { leaveSignal, signalsFor, wakeSignalled } from './engine-store/signals.ts';
import { submitBatch } from './engine-store/submit.ts';

const REGISTER: Statement = {
  name: 'worker_register',
  text: `
    insert into orchestrator.workers (worker_id, host, engine_version, slots, lease_until)
    values ($1::uuid, $2, $3, $4, now() + make_interval(secs => $5::float8 / 1000))`,
};

const RENEW: Statement = {
  name: 'worker_renew',
  text: `
    update orchestrator.workers set lease_until = now() + make_interval(secs => $2::float8 / 1000)
    where worker_id = $1::uuid returning 1`,
};

const UNREGISTER: Statement = {
  name: 'worker_unregister',
  text: `
    delete from orchestrator.workers w where worker_id = $1::uuid
    and not exists (select 1 from orchestrator.runs r where r.worker_id = w.worker_id)`,
};

const WAS_COMMITTED: Statement = {
  name: 'flush_was_committed',
  text: 'select 1 from orchestrator.unpublished where worker_id = $1::uuid and flush_no = $2',
};

/** The engine's store on Postgres. `pool` logs in as aos_engine, directly: the statements are prepared. */
export function postgresEngineStore(
  pool: Pool,
  { maxStepsDefault }: { maxStepsDefault: number },
): EngineStore {
  const lanes = new Set<string>();
  return {
    async registerWorker({ workerId, host, engineVersion, slots, leaseMs }) {
      await run(pool, REGISTER, [workerId, host, engineVersion, slots, leaseMs]);
    },
    async renewLease(workerId, leaseMs) {
      return (await run(pool, RENEW, [workerId, leaseMs])).length > 0;
    },
    async unregisterWorker(workerId) {
      await run(pool, UNREGISTER, [workerId]);
    },
    submit: (workerId, flushNo, batch, slots) =>
      submitBatch(pool, { workerId, flushNo, maxStepsDefault, slots, lanes }, batch),
    restart: (workerId, flushNo, restart) =>
      restartRun(pool, { workerId, flushNo, maxStepsDefault }, restart),
    flush: (flush) => flushBatch(pool, flush),
    async wasCommitted(workerId, flushNo) {
      return (await run(pool, WAS_COMMITTED, [workerId, flushNo])).length > 0;
    },
    claim: (workerId, slots, engineVersion) => claimRuns(pool, workerId, slots, engineVersion),
    claimOverdue: (workerId, limit, engineVersion) => claimOverdueRuns(pool, workerId, limit, engineVersion),
    owned: (workerId) => ownedRuns(pool, workerId),
    journal: (runIds) => journalOf(pool, runIds),
    handBack: (workerId, claim, isOrderly) => handBack(pool, workerId, claim, isOrderly),
    signal: (target, signal) => leaveSignal(pool, target, signal),
    signals: (workerId) => signalsFor(pool, workerId),
    closeToChildren: (workerId, runId) => closeToChildren(pool, workerId, runId),
    wake: (target) => wakeSignalled(pool, target),
    unlockedWorkers: (workerId) => unlockedWorkers(pool, workerId),
    buryDeadWorkers: (leaseMs, knownDead = []) => buryDeadWorkers(pool, leaseMs, knownDead),
    wakeDue: (limit) => wakeDue(pool, limit),
    leftFlushes: (workerId, lost, limit) => leftFlushes(pool, workerId, lost, limit),
    deleteFlushes: (flushes) => deleteFlushes(pool, flushes),
  };
}
