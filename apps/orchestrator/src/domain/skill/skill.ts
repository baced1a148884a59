import type {
  ArtifactRef,
  AwaitKind,
  ChildRunInput,
  InputIssue,
  PlanStep,
  StructuredOutcome,
  ToolSpec,
} from '@aos/contracts';

export type JsonObject = PlanStep['params'];
export type Json = JsonObject[string];

/** One attempt of a step; `params` have their references resolved. */
export interface SkillCall {
  params: JsonObject;
  /** The same for every attempt of the step, so that the other side can drop repeats. */
  idempotencyKey: string;
  /** The whole call takes no longer; past it the outcome is `step_timeout`. */
  timeoutMs: number;
  /** Aborted when the run is cut or the process has lost its lease. */
  signal: AbortSignal;
  tenantId: string;
  runId: string;
  stepId: string;
  agentId: string;
  traceparent: string;
  /** Hands a goal to another agent; absent: nobody can be invoked here. */
  invoke?: (request: ChildRunInput) => Promise<StructuredOutcome<SkillResult>>;
  /** From 1. */
  attempt: number;
  /** What the run's reservation still covers: a paid call that would cost more is refused. */
  budgetMicrocents: number;
  /** What earlier attempts of the step were charged: an answer that is only repeated is not charged again. */
  chargedMicrocents: number;
  /** Tells what was spent, as soon as it is known; what is told several times adds up. */
  charge: (spend: Spend) => void;
  /** Keeps a file with the run, where the call succeeds. */
  keepFile: (file: KeptFile) => Promise<StructuredOutcome<ArtifactRef>>;
  /** Takes a file out of the run, where the call succeeds; false: the run has no such file, or another under the name. */
  dropFile: (file: DroppedFile) => boolean;
}

export type DroppedFile = Pick<ArtifactRef, 'name' | 'sha256'>;

/** A call that undoes another; the params are values. */
export interface Undo {
  skill: string;
  params: JsonObject;
}

export interface KeptFile {
  /** An `artifactName`; a file of the run that has it already is replaced. */
  name: string;
  mediaType: string;
  content: Uint8Array;
}

/** What a call has cost, whatever came of it. */
export interface Spend {
  costMicrocents: number;
  inputTokens: number;
  outputTokens: number;
}

export const NOTHING_SPENT: Spend = { costMicrocents: 0, inputTokens: 0, outputTokens: 0 };

export const isNothing = ({ costMicrocents, inputTokens, outputTokens }: Spend): boolean =>
  costMicrocents === 0 && inputTokens === 0 && outputTokens === 0;

export function sumOf(left: Spend, right: Spend): Spend {
  return {
    costMicrocents: left.costMicrocents + right.costMicrocents,
    inputTokens: left.inputTokens + right.inputTokens,
    outputTokens: left.outputTokens + right.outputTokens,
  };
}

/** What a call has to wait for: the step is called again with the same key when it is woken, or at `until`. */
export interface Waiting {
  /** Null: only when it is woken. */
  until: string | null;
  childRunId?: string;
  /** Of the reservation, kept for it meanwhile. */
  heldMicrocents?: number;
}

export type SkillResult = { output: Json } | { waiting: Waiting };

/** What a step may call. Failure is data: `execute` rejects only on bugs. */
export interface Skill {
  readonly spec: ToolSpec;
  /** Its side effect is no more than what is paid: a replay calls it, since it is for this that replays are made. */
  readonly isOnlyPaid?: true;
  /** What its calls may have to wait for. They are short, and a cut does not end them: it waits for their answer. */
  readonly awaits?: AwaitKind;
  /** What does not fit, as pointers into the params. Where a plan has a reference, any type fits. */
  validate(params: JsonObject): InputIssue[];
  /** Places written in the params that may not be reached, as pointers into the params. */
  forbiddenPlaces(params: JsonObject): InputIssue[];
  /** What such a call usually costs, for reservations; where a reference stands it is not known yet. */
  usualCostMicrocents(params: JsonObject): number;
  /** Whether this call changes the outside world, or is paid: it is then announced in the journal before it starts. */
  hasSideEffects(params: JsonObject): boolean;
  /** Whether repeating this call with the same key is harmless. */
  isIdempotent(params: JsonObject): boolean;
  /** What undoes a call that gave this output; null: nothing that the skill knows of. */
  undoOf(params: JsonObject, output: Json): Undo | null;
  /** Checks `params` once more: what was referred to is known only now. */
  execute(call: SkillCall): Promise<StructuredOutcome<SkillResult>>;
}

/** The skills of this process by name. */
export type SkillRegistry = ReadonlyMap<string, Skill>;
