import {
  fail,
  id,
  invalidRequest,
  succeed,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
  type evaluationsList,
} from '@aos/contracts';
import { summaryView } from '../domain/evaluation.ts';
import type { EvaluationStore } from './evaluation-store.ts';

/** The tenant's evaluations, newest first. The cursor is the last one's id: ids are time-ordered. */
export function listEvaluations(evaluations: EvaluationStore) {
  return async (
    context: RequestContext,
    { limit, cursor: before, suite }: InputOf<typeof evaluationsList>,
  ): Promise<StructuredOutcome<OutputOf<typeof evaluationsList>>> => {
    if (before !== undefined && !id.safeParse(before).success) {
      return fail(
        invalidRequest([{ field: '/cursor', message: 'is not a cursor of this list; start without one' }]),
      );
    }
    const records = await evaluations.list(context.tenantId, { suite, before, limit: limit + 1 });
    const page = records.slice(0, limit);
    return succeed({
      data: page.map(summaryView),
      next_cursor: records.length > limit ? (page.at(-1)?.evaluationId ?? null) : null,
    });
  };
}
