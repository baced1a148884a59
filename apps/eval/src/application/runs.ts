import type { InputOf, RequestContext, Run, StructuredOutcome, runsSubmit } from '@aos/contracts';

/** The orchestrator, as evaluations need it. */
export interface Runs {
  /** Gives its id. */
  createAgent(context: RequestContext): Promise<StructuredOutcome<string>>;
  /** Gives the run's id; with a key that was used before, of the first run. */
  submit(context: RequestContext, goal: InputOf<typeof runsSubmit>): Promise<StructuredOutcome<string>>;
  get(context: RequestContext, runId: string): Promise<StructuredOutcome<Run>>;
  cancel(context: RequestContext, runId: string, reason: string): Promise<StructuredOutcome<unknown>>;
}
