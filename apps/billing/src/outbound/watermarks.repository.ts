import { errorOf, fail, succeed } from '@aos/contracts';
import type { Pool } from '@aos/database';
import type { Watermarks } from '../application/ports.ts';
import { databaseOutcome } from './database-outcome.ts';

/** First key of the advisory locks, one per source; any number that nothing else on this database uses. */
const LOCKS = 4_672_004;

const READ = 'select compared_until as until from billing.watermarks where source = $1';

const ADVANCE = `
  insert into billing.watermarks as known (source, compared_until) values ($1, $2)
  on conflict (source) do update set compared_until = greatest(known.compared_until, excluded.compared_until)`;

const LOCK = 'select pg_try_advisory_lock($1, hashtext($2)) as "isMine"';

/** The table watermarks, with the login aos_engine on direct connections. */
export function watermarksRepository(pool: Pool): Watermarks {
  return {
    read: (source) =>
      databaseOutcome(async () => {
        const { rows } = await pool.query<{ until: Date }>(READ, [source]);
        return succeed(rows[0]?.until.toISOString());
      }),

    advance: (source, until) =>
      databaseOutcome(async () => succeed(await pool.query(ADVANCE, [source, until]))),

    exclusively: (source, work) =>
      databaseOutcome(async () => {
        const client = await pool.connect();
        try {
          const { rows } = await client.query<{ isMine: boolean }>(LOCK, [LOCKS, source]);
          if (rows[0]?.isMine === true) return await work();
          return fail(errorOf('conflict', `another process reconciles ${source}`));
        } finally {
          client.release(true); // the lock ends with the connection, for certain
        }
      }),
  };
}
