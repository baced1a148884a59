import type { Evaluation } from '@aos/contracts';
import type { EvaluationRecord, NewEvaluation } from '../domain/evaluation.ts';

interface EvaluationPage {
  suite: string | undefined;
  /** Only evaluations older than this one. */
  before: string | undefined;
  limit: number;
}

/** The evaluations of one tenant, as requests see them. */
export interface EvaluationStore {
  insert(tenantId: string, evaluation: NewEvaluation): Promise<Evaluation>;
  find(tenantId: string, evaluationId: string): Promise<Evaluation | undefined>;
  /** Newest first. */
  list(tenantId: string, page: EvaluationPage): Promise<EvaluationRecord[]>;
}
