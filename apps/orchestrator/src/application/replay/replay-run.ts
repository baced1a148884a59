import {
  errorOf,
  fail,
  invalidRequest,
  type InputIssue,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
  type runsReplay,
} from '@aos/contracts';
import type { ArtifactKeeper } from '../artifacts/artifact-keeper.ts';
import type { RunReader } from '../run-reader.ts';
import { judgeJournal } from './judge-journal.ts';
import { rerunWithChanges, type RerunParts } from './rerun.ts';

interface ReplayParts extends RerunParts {
  runs: Pick<RunReader, 'findWithJournal'>;
  artifacts: Pick<ArtifactKeeper, 'read'>;
}

type ReplayInput = InputOf<typeof runsReplay>;

/** Replays a run of the journal or of the archive: EXACT judges it, PARAMETRIC runs it again. */
export function replayRun({ runs, artifacts, ...parts }: ReplayParts) {
  return async (
    context: RequestContext,
    input: ReplayInput,
  ): Promise<StructuredOutcome<OutputOf<typeof runsReplay>>> => {
    const issues = modeIssues(input);
    if (issues.length > 0) return fail(invalidRequest(issues));
    const { run_id: runId, mode } = input;
    const { tenantId } = context;
    const found = await runs.findWithJournal(tenantId, runId);
    if (found === undefined) return fail(errorOf('not_found', `no run ${runId}`));
    if (mode === 'EXACT') return judgeJournal(artifacts, { tenantId, runId, events: found.events });
    return rerunWithChanges(parts, context, { input, ...found });
  };
}

/** Fields that only make sense in the other mode are refused rather than ignored. */
function modeIssues({ mode, run_id: _run, ...others }: ReplayInput): InputIssue[] {
  if (mode === 'STRESS')
    return [{ field: '/mode', message: 'STRESS is not served yet; use EXACT or PARAMETRIC' }];
  // A key does no harm where nothing is made.
  const { idempotency_key: _key, ...fields } = others;
  if (mode === 'PARAMETRIC') return [];
  return Object.keys(fields).map((field) => ({ field: `/${field}`, message: 'belongs to mode PARAMETRIC' }));
}
