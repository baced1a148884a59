import type { GoldenTask, StructuredOutcome } from '@aos/contracts';
import type { EvaluationRecord } from '../domain/evaluation.ts';
import type { TaskEnding } from '../domain/task-ending.ts';

/** An evaluation that this process drives for now. */
export interface HeldEvaluation {
  evaluationId: string;
  tenantId: string;
  traceparent: string;
}

/** A task that has no result yet. */
export interface OpenTask extends HeldEvaluation {
  position: number;
  golden: GoldenTask;
  /** The agent it is meant for; kept, so that a repeated submit is the same request. */
  agentId: string | null;
  /** Null: not submitted, as far as is known. */
  runId: string | null;
  /** How often its submit was refused for the moment. */
  refusals: number;
  /** Whether it is time to submit it or to look at its run. */
  isDue: boolean;
  /** Whether its run has had the time it may take. */
  isOverdue: boolean;
  /** Whether it was refused for so long that it is given up. */
  isGivenUp: boolean;
}

/** A submitted task. */
export type RunningTask = OpenTask & { runId: string };

/**
 * Driving evaluations, of all tenants. A lease keeps the processes from doing the same work; it is no fence, so each
 * write holds only while the task is still where the writer saw it.
 */
export interface EvaluationWork {
  /** Keeps what this process holds and takes what nobody holds. */
  hold(workerId: string, leaseMs: number): Promise<HeldEvaluation[]>;
  /** Gives everything back at once. */
  release(workerId: string): Promise<void>;
  openTasks(evaluation: HeldEvaluation): Promise<OpenTask[]>;
  /** The task that waits for this run; undefined: none. */
  taskOfRun(tenantId: string, runId: string): Promise<RunningTask | undefined>;
  /** Which agent the task is meant for from now on: `agentId` where it was meant for `instead`, else as it was. */
  assign(task: OpenTask, agentId: string, instead: string | null): Promise<string>;
  submitted(task: OpenTask, runId: string, lookAgainMs: number): Promise<void>;
  refused(task: OpenTask, againMs: number): Promise<void>;
  lookAgain(task: OpenTask, againMs: number): Promise<void>;
  /** Once per task. Answers the evaluation when this was its last task: it has finished, and the event is on its way. */
  end(task: OpenTask, ending: TaskEnding): Promise<EvaluationRecord | undefined>;
}

/** The agent of each tenant that golden tasks are handed to. */
export interface EvalAgents {
  /** `create` is called where there is none, or only `insteadOf`, which is gone; by one process at a time. */
  agentOf(
    tenantId: string,
    create: () => Promise<StructuredOutcome<string>>,
    insteadOf: string | null,
  ): Promise<StructuredOutcome<string>>;
  /** Whether it is one, of whichever tenant. Of one that is seconds old it may be denied. */
  isEvalAgent(agentId: string): Promise<boolean>;
}
