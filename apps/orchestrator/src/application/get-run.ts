import {
  errorOf,
  fail,
  succeed,
  type RequestContext,
  type Run,
  type StructuredOutcome,
} from '@aos/contracts';
import { fold } from '../domain/run/evolve.ts';
import { runView } from '../domain/run/view.ts';
import type { RunReader } from './run-reader.ts';

const CHILDREN_MAX = 100;

/** A run as its journal tells it. */
export function getRun(runs: RunReader) {
  return async (context: RequestContext, input: { run_id: string }): Promise<StructuredOutcome<Run>> => {
    const found = await runs.findWithJournal(context.tenantId, input.run_id);
    if (found === undefined) return fail(errorOf('not_found', `no run ${input.run_id}`));
    const state = fold(found.events);
    const children = state.hasChildren
      ? await runs.list(context.tenantId, { parentRunId: input.run_id, limit: CHILDREN_MAX })
      : [];
    return succeed(runView(found.record, state, children));
  };
}
