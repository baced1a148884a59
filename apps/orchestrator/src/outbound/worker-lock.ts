import type { Pool, PoolClient } from '@aos/database';
import { run, type Statement } from './engine-store/connection.ts';

/** A pooler answers with a process id of its own: what is locked there is not freed when this process dies. */
const HOLD: Statement = {
  name: 'worker_hold_lock',
  text: `
    with held as materialized (
      select pg_try_advisory_lock(hashtextextended($1::uuid::text, 0)) as is_held where pg_backend_pid() = $2::int)
    update orchestrator.workers set lock_key = hashtextextended($1::uuid::text, 0) from held
    where worker_id = $1::uuid and held.is_held returning 1`,
};

/**
 * Holds a lock on a connection of `pool`, which must be its only one: the server frees it when this process dies, and so
 * tells others at once. To be repeated: a lost connection loses the lock, and its successor takes it again.
 */
export function workerLock(pool: Pool, workerId: string): () => Promise<void> {
  let holder: PoolClient | undefined;
  return async () => {
    const client = await pool.connect();
    try {
      if (client === holder) return;
      const processId: unknown = Reflect.get(client, 'processID');
      const held = await run(client, HOLD, [workerId, processId]);
      if (held.length > 0) holder = client;
    } finally {
      client.release();
    }
  };
}
