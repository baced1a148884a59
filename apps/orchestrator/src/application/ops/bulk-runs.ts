import {
  fail,
  id,
  invalidRequest,
  succeed,
  type BulkAction,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type RunStatus,
  type StructuredOutcome,
  type runsBulk,
} from '@aos/contracts';

type Input = InputOf<typeof runsBulk>;
type Output = OutputOf<typeof runsBulk>;

interface FoundRun {
  runId: string;
  status: RunStatus;
  goal: string;
}

export interface RunSearch {
  statuses: readonly RunStatus[];
  agentId: string | undefined;
  labels: Readonly<Record<string, string>>;
  createdBefore: string | undefined;
  createdAfter: string | undefined;
  /** Only runs older than this run id. */
  before: string | undefined;
}

/** Looks for runs of a tenant. */
export interface RunFinder {
  /** Newest first, and how many there are in all. */
  find(tenantId: string, search: RunSearch, limit: number): Promise<{ runs: FoundRun[]; matched: number }>;
}

/** Does the action with one run. */
type Act = (
  context: RequestContext,
  runId: string,
  said: Pick<Input, 'reason' | 'on_failure'>,
) => Promise<StructuredOutcome<{ status: RunStatus }>>;

interface BulkParts {
  runs: RunFinder;
  actions: Readonly<Record<BulkAction, Act>>;
}

/** The states in which an action makes sense. */
const FITTING: Readonly<Record<BulkAction, readonly RunStatus[]>> = {
  cancel: ['queued', 'running', 'waiting'],
  retry: ['failed', 'cancelled'],
};

const AT_ONCE = 8;

/** Does the same with a page of runs, and tells what came of each. */
export function bulkRuns({ runs, actions }: BulkParts) {
  return async (context: RequestContext, input: Input): Promise<StructuredOutcome<Output>> => {
    const { action, dry_run: isDryRun, limit, cursor, reason, on_failure } = input;
    if (cursor !== undefined && !id.safeParse(cursor).success) {
      return fail(
        invalidRequest([{ field: '/cursor', message: 'is not a cursor of this action; start without one' }]),
      );
    }
    const { runs: page, matched } = await runs.find(context.tenantId, searchOf(input), limit);
    const data = await mapInOrder(page, async (run): Promise<Output['data'][number]> => {
      const facts = { run_id: run.runId, status: run.status, goal: run.goal };
      if (isDryRun) return { ...facts, outcome: 'would_be_hit', error: null };
      const outcome = await actions[action](context, run.runId, { reason, on_failure });
      if (outcome.ok) return { ...facts, status: outcome.value.status, outcome: 'done', error: null };
      const { code, message } = outcome.error;
      return { ...facts, outcome: 'failed', error: { code, message } };
    });
    return succeed({
      action,
      dry_run: isDryRun,
      matched,
      done: data.filter(({ outcome }) => outcome === 'done').length,
      failed: data.filter(({ outcome }) => outcome === 'failed').length,
      data,
      next_cursor: matched > page.length ? (page.at(-1)?.runId ?? null) : null,
    });
  };
}

function searchOf({ action, filter, cursor }: Input): RunSearch {
  const { status } = filter;
  return {
    statuses: FITTING[action].filter((fitting) => status === undefined || fitting === status),
    agentId: filter.agent_id,
    labels: filter.labels ?? {},
    createdBefore: filter.created_before,
    createdAfter: filter.created_after,
    before: cursor,
  };
}

/** A few at once; the answers in the order of the items. */
async function mapInOrder<T, R>(items: readonly T[], action: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (let start = 0; start < items.length; start += AT_ONCE)
    results.push(...(await Promise.all(items.slice(start, start + AT_ONCE).map(action))));
  return results;
}
