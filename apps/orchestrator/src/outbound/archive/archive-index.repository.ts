import { Prisma, type OrchestratorDatabase } from '@aos/database/orchestrator';
import type { ArchiveIndex } from '../../application/archive/archived-runs.ts';

/** Where archived runs lie, as request handlers see it: within the tenant. */
export function archiveIndexRepository(database: OrchestratorDatabase): ArchiveIndex {
  return {
    find: (tenantId, runId) =>
      database.transaction(tenantId, async (tx) => {
        const [row] = await tx.$queryRaw<{ first_byte: bigint; bytes: bigint }[]>(
          Prisma.sql`select first_byte, bytes from orchestrator.archived_runs where run_id = ${runId}::uuid`,
        );
        return row && { firstByte: Number(row.first_byte), bytes: Number(row.bytes) };
      }),
  };
}
