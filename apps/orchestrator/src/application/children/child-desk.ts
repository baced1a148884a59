import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import {
  centsOf,
  errorOf,
  fail,
  succeed,
  type ChildRunInput,
  type ErrorSpec,
  type EventData,
  type StructuredOutcome,
} from '@aos/contracts';
import { childRefusal, lineageOf } from '../../domain/run/children.ts';
import { isTerminal, type RunState } from '../../domain/run/state.ts';
import type { Json, SkillRegistry, SkillResult, Spend } from '../../domain/skill/skill.ts';
import type { ArtifactKeeper } from '../artifacts/artifact-keeper.ts';
import type { Chance, ClaimedRun, Clock, EngineStore, Submission, SubmitResult } from '../engine/ports.ts';
import { submissionOf } from '../submit-run.ts';
import { sliceMicrocents } from './slice.ts';

interface DeskParts {
  submit: (submission: Submission) => Promise<SubmitResult>;
  store: Pick<EngineStore, 'journal'>;
  skills: SkillRegistry;
  artifacts: Pick<ArtifactKeeper, 'read'>;
  clock: Clock;
  chance: Chance;
  limits: { maxSteps: number; defaultEstCostCents: number };
}

/** The step that invokes. */
export interface Invocation {
  claim: ClaimedRun;
  state: RunState;
  stepId: string;
  /** Null: just now. */
  startedAtMs: number | null;
  /** Of this attempt: the child of a failed one is another. */
  key: string;
  /** What the run’s reservation still covers. */
  budgetMicrocents: number;
  traceparent: string;
  charge: (spend: Spend) => void;
}

const ASK_AGAIN_MS_MIN = 1_000;
const ASK_AGAIN_MS_MAX = 60_000;

/**
 * Where steps invoke other agents: submits the child, or finds the one that was submitted under the key, and gives its
 * outcome once it has ended. What is not known, or not admitted yet, is asked again: no child is ever left behind.
 */
export class ChildDesk {
  readonly #parts: DeskParts;

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  async invoke(invocation: Invocation, request: ChildRunInput): Promise<StructuredOutcome<SkillResult>> {
    const { claim, state } = invocation;
    const refusal = childRefusal(lineageOf(state, claim), request.agent_id);
    if (refusal !== undefined) return fail(refusal);
    const { skills, limits } = this.#parts;
    const slice = sliceMicrocents(request, skills, limits.defaultEstCostCents);
    const submission = this.#submissionOf(invocation, request, slice);
    if (!submission.ok) return submission;
    const result = await this.#parts.submit(submission.value).catch(() => undefined);
    if (result === undefined) return this.#askAgain(invocation);
    if (result.kind === 'refuse') return this.#refused(invocation, result.error);
    const { run_id: childRunId, status } = result.run;
    if (result.kind === 'repeated' && isTerminal(status)) return this.#outcomeOf(invocation, childRunId);
    return succeed({ waiting: { until: null, childRunId, heldMicrocents: slice } });
  }

  #submissionOf(
    { claim, state, stepId, key, budgetMicrocents, traceparent }: Invocation,
    request: ChildRunInput,
    slice: number,
  ): StructuredOutcome<Submission> {
    const { tenantId, runId } = claim;
    const { timeout_ms: timeoutMs, budget_cents: _, ...goal } = request;
    const deadline = earliest(state.deadline, timeoutMs, this.#parts.clock.now());
    const made = submissionOf(
      this.#parts,
      { tenantId, traceparent, idempotencyKey: `child:${key}` },
      {
        ...goal,
        priority: state.priority,
        est_cost_cents: centsOf(slice),
        ...(deadline === null ? {} : { deadline }),
      },
    );
    if (!made.ok) return made;
    const parent = { run_id: runId, step_id: stepId };
    const lineage = lineageOf(state, claim);
    return succeed({
      ...made.value,
      parent: { runId, stepId },
      // It is a part of what its parent has reserved.
      reserveMicrocents: 0,
      reviewMicrocents: 0,
      refusal: slice > budgetMicrocents ? tooDear(slice, budgetMicrocents) : undefined,
      requestHash: createHash('sha256')
        .update(canonicalize(request) ?? '')
        .digest('hex'),
      events: (admitted) =>
        made.value
          .events({ ...admitted, reserveMicrocents: slice })
          .map((event) =>
            event.type === 'run.queued' ? { ...event, data: { ...event.data, parent, lineage } } : event,
          ),
    });
  }

  /** Too many open runs are fewer later; anything else is final. */
  #refused(invocation: Invocation, error: ErrorSpec): StructuredOutcome<SkillResult> {
    return error.code === 'too_many_open_runs' ? this.#askAgain(invocation) : fail(error);
  }

  /** The longer it takes, the less often. */
  #askAgain({ startedAtMs }: Invocation): StructuredOutcome<SkillResult> {
    const nowMs = this.#parts.clock.now();
    const waitMs = Math.min(
      Math.max((nowMs - (startedAtMs ?? nowMs)) / 2, ASK_AGAIN_MS_MIN),
      ASK_AGAIN_MS_MAX,
    );
    return succeed({ waiting: { until: new Date(nowMs + waitMs).toISOString() } });
  }

  /** The child’s cost is the step’s. */
  async #outcomeOf(invocation: Invocation, childRunId: string): Promise<StructuredOutcome<SkillResult>> {
    const journals = await this.#parts.store.journal([childRunId]).catch(() => undefined);
    const end = journals?.get(childRunId)?.findLast(({ type }) => type === 'run.finished');
    if (end?.type !== 'run.finished') return this.#askAgain(invocation);
    const output = await this.#outputOf(invocation.claim.tenantId, end.data);
    if (!output.ok) return this.#askAgain(invocation);
    const { cost_microcents: costMicrocents, input_tokens: inputTokens = 0 } = end.data;
    invocation.charge({ costMicrocents, inputTokens, outputTokens: end.data.output_tokens ?? 0 });
    if (end.data.status === 'succeeded')
      return succeed({ output: { run_id: childRunId, output: output.value } });
    const error = end.data.error ?? errorOf('skill_failed', 'the child run did not succeed');
    const details = { ...error.details, child_run_id: childRunId };
    // Where the step says so, a child that failed gets a successor.
    return fail({ ...error, retryable: end.data.status === 'failed', details });
  }

  async #outputOf(tenantId: string, end: EventData<'run.finished'>): Promise<StructuredOutcome<Json>> {
    if (end.output_artifact === undefined) return succeed(end.output);
    const kept = await this.#parts.artifacts.read(tenantId, end.output_artifact);
    if (!kept.ok) return kept;
    const json: Json = JSON.parse(Buffer.from(kept.value).toString('utf8'));
    return succeed(json);
  }
}

function tooDear(slice: number, budgetMicrocents: number): ErrorSpec {
  const left = centsOf(Math.max(0, budgetMicrocents));
  return errorOf('budget_exceeded', `the child would take ${centsOf(slice)} cents, the run has ${left} left`);
}

function earliest(deadline: string | null, timeoutMs: number | undefined, nowMs: number): string | null {
  if (timeoutMs === undefined) return deadline;
  const own = new Date(nowMs + timeoutMs).toISOString();
  return deadline !== null && deadline < own ? deadline : own;
}
