import {
  fail,
  invalidRequest,
  runDay,
  succeed,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
  type opsArchiveList,
  type opsArchiveRun,
} from '@aos/contracts';
import type { ArchiveDays } from '../archive/archive-ledger.ts';
import type { Audit } from './audit.ts';
import { platformOnly } from './platform-only.ts';

/** How far each day of the journal has come, the latest first. */
export function listArchive(days: Pick<ArchiveDays, 'list'>) {
  return async (
    context: RequestContext,
    { limit, cursor }: InputOf<typeof opsArchiveList>,
  ): Promise<StructuredOutcome<OutputOf<typeof opsArchiveList>>> => {
    const refusal = platformOnly(context);
    if (refusal !== undefined) return refusal;
    if (cursor !== undefined && !runDay.safeParse(cursor).success)
      return fail(invalidRequest([{ field: '/cursor', message: 'is no cursor of this list' }]));
    const data = await days.list(cursor, limit);
    return succeed({ data, next_cursor: data.length < limit ? null : (data.at(-1)?.run_day ?? null) });
  };
}

interface RunParts {
  days: Pick<ArchiveDays, 'tryFailedAgain'>;
  /** Has every orchestrator look at old days; one at a time works. */
  look: () => void;
  audit: Audit;
}

/** Has old days looked at now; what is to be seen of it is in the list. */
export function runArchive({ days, look, audit }: RunParts) {
  return async (context: RequestContext): Promise<StructuredOutcome<OutputOf<typeof opsArchiveRun>>> => {
    const refusal = platformOnly(context);
    if (refusal !== undefined) return refusal;
    const triedAgain = await days.tryFailedAgain();
    audit(context, { action: 'archive.run', target: 'journal', detail: `${triedAgain} tried again` });
    look();
    return succeed({ tried_again: triedAgain });
  };
}
