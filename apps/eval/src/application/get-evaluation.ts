import {
  errorOf,
  fail,
  succeed,
  type Evaluation,
  type RequestContext,
  type StructuredOutcome,
} from '@aos/contracts';
import type { EvaluationStore } from './evaluation-store.ts';

/** An evaluation with the result of each task, as far as it has come. */
export function getEvaluation(evaluations: EvaluationStore) {
  return async (
    context: RequestContext,
    { evaluation_id: evaluationId }: { evaluation_id: string },
  ): Promise<StructuredOutcome<Evaluation>> => {
    const found = await evaluations.find(context.tenantId, evaluationId);
    if (found === undefined) return fail(errorOf('not_found', `no evaluation ${evaluationId}`));
    return succeed(found);
  };
}
