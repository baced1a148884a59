import {
  errorOf,
  fail,
  succeed,
  retryPolicy,
  type ArtifactRef,
  type AwaitKind,
  type Compensation,
  type EventData,
  type PlanStep,
  type StructuredOutcome,
} from '@aos/contracts';
import { openSpan, type Span } from '@aos/telemetry';
import type { ChildDesk } from '../children/child-desk.ts';
import type { ArtifactKeeper } from '../artifacts/artifact-keeper.ts';
import { keepOutput, readOutputs, type KeptOutput, type Producer } from '../artifacts/step-outputs.ts';
import { effectKey } from '../effect-key.ts';
import { resolveReferences } from '../../domain/plan/references.ts';
import type { CallCommand } from '../../domain/run/command.ts';
import type { RunState } from '../../domain/run/state.ts';
import {
  NOTHING_SPENT,
  sumOf,
  type Json,
  type DroppedFile,
  type JsonObject,
  type Skill,
  type SkillRegistry,
  type SkillResult,
  type Spend,
  type Waiting,
} from '../../domain/skill/skill.ts';
import { NEVER, type Interruption } from './interruption.ts';
import { limitedCall } from './limited-call.ts';
import { invokeBy } from './invoke-by.ts';
import { recordedAttempt } from './recorded-attempt.ts';
import type { ClaimedRun, Clock, Lease } from './ports.ts';
import { scopeOf } from './reference-scope.ts';

export interface CallRequest {
  claim: ClaimedRun;
  state: RunState;
  command: CallCommand;
  /** What the other calls of the run that are under way usually cost. */
  heldMicrocents: number;
  /** Of the span that works on the run. */
  traceparent: string;
  /** Raised when the run is cut. */
  cut: Interruption;
  /** Journals the intent; resolves when it is durable. */
  announce(intent: EventData<'tool.call.requested'>): Promise<void>;
}

/** What came of one attempt. */
export interface Attempt {
  outcome: StructuredOutcome<KeptOutput>;
  /** The call has brought nothing yet: the step waits. */
  waiting: CallWaiting | null;
  /** What calls of this skill may have to wait for. */
  awaits: AwaitKind | null;
  spend: Spend;
  /** What the skill kept. */
  files: readonly ArtifactRef[];
  dropped: readonly DroppedFile[];
  /** What undoes a call that succeeded, as its skill says. */
  compensation: Compensation | null;
  /** Null for a call without side effects. */
  idempotencyKey: string | null;
  /** Whether a failed attempt may be repeated: not where its effect may have happened and a repeat is not harmless. */
  mayRepeat: boolean;
  startedAtMs: number;
  latencyMs: number;
  /** Of a replay: it was answered as it was, and nothing was done. */
  isRecorded?: true;
}

/** What a step waits for, and how long. */
export interface CallWaiting extends Waiting {
  for: AwaitKind;
}

/** A call that may have to wait and did not answer is asked again then. */
const ASK_AGAIN_MS = 1_000;

const NOTHING_KEPT = succeed({ output: null, outputArtifact: null });

interface AdapterParts {
  /** Absent: no agent can be invoked. */
  children?: Pick<ChildDesk, 'invoke'>;
  skills: SkillRegistry;
  artifacts: ArtifactKeeper;
  lease: Lease;
  clock: Clock;
}

/** What a skill did before its result is kept. */
interface Executed {
  outcome: StructuredOutcome<SkillResult>;
  spend: Spend;
  files: ArtifactRef[];
  dropped: DroppedFile[];
}

/** The one door to side effects: references → validate → intent → lease → timeout → result. */
export class ToolAdapter {
  readonly #skills: SkillRegistry;
  readonly #artifacts: ArtifactKeeper;
  readonly #lease: Lease;
  readonly #clock: Clock;
  readonly #children: AdapterParts['children'];

  constructor({ skills, artifacts, lease, clock, children }: AdapterParts) {
    this.#children = children;
    this.#skills = skills;
    this.#artifacts = artifacts;
    this.#lease = lease;
    this.#clock = clock;
  }

  usualCostMicrocents({ skill, params }: PlanStep): number {
    return this.#skills.get(skill)?.usualCostMicrocents(params) ?? 0;
  }

  /** What the run is to give, with the outputs of steps that it refers to. */
  async resolve(tenantId: string, output: Json, state: RunState): Promise<StructuredOutcome<Json>> {
    const outputs = await readOutputs(this.#artifacts, tenantId, { output }, state);
    if (!outputs.ok) return outputs;
    const resolved = resolveReferences({ output }, scopeOf(state, outputs.value));
    return resolved.ok ? succeed(resolved.value['output'] ?? null) : resolved;
  }

  keep(producer: Producer, output: Json): Promise<StructuredOutcome<KeptOutput>> {
    return keepOutput(this.#artifacts, producer, output);
  }

  async call(request: CallRequest): Promise<Attempt> {
    const startedAtMs = this.#clock.now();
    const refused = (outcome: StructuredOutcome<never>): Attempt => ({
      outcome,
      waiting: null,
      awaits: null,
      spend: NOTHING_SPENT,
      files: [],
      dropped: [],
      compensation: null,
      idempotencyKey: null,
      mayRepeat: true,
      startedAtMs,
      latencyMs: this.#clock.now() - startedAtMs,
    });
    const { step } = request.command;
    const skill = this.#skills.get(step.skill);
    if (skill === undefined)
      return refused(fail(errorOf('skill_failed', `this process has no skill ${step.skill}`)));
    const params = await this.#resolvedParams(request);
    if (!params.ok) return refused(params);
    const issues = skill.validate(params.value);
    if (issues.length > 0) {
      const message = issues.map(({ field, message }) => `${field}: ${message}`).join('; ');
      return refused(fail(errorOf('invalid_params', message, { details: { issues } })));
    }
    return this.#attempt(request, skill, params.value);
  }

  async #resolvedParams({ claim, state, command }: CallRequest): Promise<StructuredOutcome<JsonObject>> {
    const { params } = command.step;
    if (command.undoing?.hasFinalParams === true) return succeed(params);
    const outputs = await readOutputs(this.#artifacts, claim.tenantId, params, state);
    if (!outputs.ok) return outputs;
    return resolveReferences(params, scopeOf(state, outputs.value));
  }

  async #attempt(request: CallRequest, skill: Skill, params: JsonObject): Promise<Attempt> {
    const { claim, command, state } = request;
    const { step, intent } = command;
    const isUndoing = command.undoing !== null;
    const place = { runId: claim.runId, stepId: step.step_id, generation: state.generation, isUndoing };
    const key = onDemand(() => intent?.idempotencyKey ?? effectKey(place, params));
    const hasSideEffects = skill.hasSideEffects(params);
    const recorded = hasSideEffects && !isUndoing ? recordedAttempt(state, step.step_id, skill) : undefined;
    if (recorded !== undefined) return { ...recorded, startedAtMs: this.#clock.now(), latencyMs: 0 };
    const isIdempotent = skill.isIdempotent(params);
    if (hasSideEffects) {
      if (intent === null || intent.isRepeatWanted)
        await request.announce(intentOf(command, skill, key(), isIdempotent));
      await this.#lease.beforeEffect();
    }
    const startedAtMs = this.#clock.now();
    const { outcome, ...executed } = await this.#execute(request, skill, { params, key });
    return {
      ...executed,
      ...(await this.#kept(request, skill, outcome)),
      compensation: outcome.ok && !isUndoing ? this.#compensationOf(skill, params, outcome.value) : null,
      idempotencyKey: hasSideEffects ? key() : null,
      mayRepeat: !hasSideEffects || isIdempotent,
      startedAtMs,
      latencyMs: this.#clock.now() - startedAtMs,
    };
  }

  async #kept(
    { claim: { tenantId }, command }: CallRequest,
    skill: Skill,
    outcome: StructuredOutcome<SkillResult>,
  ): Promise<Pick<Attempt, 'outcome' | 'waiting' | 'awaits'>> {
    const awaits = skill.awaits ?? null;
    if (!outcome.ok) return { outcome, waiting: null, awaits };
    const { value } = outcome;
    if ('waiting' in value && awaits === null)
      throw new Error(`the skill ${command.step.skill} waits and does not say for what`);
    const waiting = 'waiting' in value && awaits !== null ? { ...value.waiting, for: awaits } : null;
    // Nobody asks what undoing gave.
    if (!('output' in value) || command.undoing !== null) return { outcome: NOTHING_KEPT, waiting, awaits };
    const producer = { tenantId, stepId: command.step.step_id };
    return { outcome: await keepOutput(this.#artifacts, producer, value.output), waiting, awaits };
  }

  #compensationOf(skill: Skill, params: JsonObject, value: SkillResult): Compensation | null {
    const undo = 'output' in value ? skill.undoOf(params, value.output) : null;
    const spec = undo === null ? undefined : this.#skills.get(undo.skill)?.spec;
    if (undo === null || spec === undefined) return null;
    const { name, version, timeout_ms } = spec;
    return {
      skill: name,
      skill_version: version,
      params: undo.params,
      timeout_ms,
      retry: retryPolicy.parse({}),
    };
  }

  #in(ms: number): string {
    return new Date(this.#clock.now() + ms).toISOString();
  }

  /** A call that may have to wait is not cut, and asked again where it takes too long. */
  #late(skill: Skill, { step_id: stepId, timeout_ms: timeoutMs }: PlanStep): StructuredOutcome<SkillResult> {
    if (skill.awaits !== undefined) return succeed({ waiting: { until: this.#in(ASK_AGAIN_MS) } });
    return fail(errorOf('step_timeout', `step ${stepId} took longer than ${timeoutMs} ms`));
  }

  async #execute(
    request: CallRequest,
    skill: Skill,
    { params, key }: { params: JsonObject; key: () => string },
  ): Promise<Executed> {
    let spend = NOTHING_SPENT;
    const files: ArtifactRef[] = [];
    const dropped: DroppedFile[] = [];
    const { claim, state, command } = request;
    const cut = skill.awaits === undefined ? request.cut : NEVER;
    const { step_id: stepId, timeout_ms: timeoutMs } = command.step;
    const late = () => this.#late(skill, command.step);
    const span = openToolSpan(request);
    const budgetMicrocents = state.reservedMicrocents - state.costMicrocents - request.heldMicrocents;
    const charge = (more: Spend): void => {
      spend = sumOf(spend, more);
    };
    try {
      const outcome = await limitedCall({ clock: this.#clock, timeoutMs, cut, late }, (over) =>
        skill.execute({
          params,
          get idempotencyKey() {
            return key();
          },
          timeoutMs,
          get signal() {
            return over.signal;
          },
          tenantId: claim.tenantId,
          runId: claim.runId,
          agentId: claim.agentId,
          get traceparent() {
            return span.traceparent;
          },
          budgetMicrocents,
          chargedMicrocents: chargedBefore(state, command),
          charge,
          keepFile: async (file) => {
            const kept = await this.#artifacts.keep(claim.tenantId, file);
            if (kept.ok) files.push(kept.value);
            return kept;
          },
          dropFile: (file) => {
            if (!state.artifacts.some(({ name, sha256 }) => name === file.name && sha256 === file.sha256))
              return false;
            dropped.push(file);
            return true;
          },
          stepId,
          invoke: (child) =>
            invokeBy(this.#children, { request, key, charge, budgetMicrocents, span }, child),
          attempt: command.attempt,
        }),
      );
      if (!outcome.ok) span.fail(outcome.error);
      return { outcome, spend, files, dropped };
    } finally {
      span.end();
    }
  }
}

function chargedBefore({ steps }: RunState, { step: { step_id: stepId }, undoing }: CallCommand): number {
  const step = steps[stepId];
  return (undoing === null ? step?.costMicrocents : step?.compensation?.costMicrocents) ?? 0;
}

/** A key is a hash over all params: it is made once, and only where it is asked for. */
function onDemand(make: () => string): () => string {
  let made: string | undefined;
  return () => (made ??= make());
}

function openToolSpan({ claim, command: { step, attempt }, traceparent }: CallRequest): Span {
  return openSpan(`execute_tool ${step.skill}`, {
    kind: 'internal',
    parent: traceparent,
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': step.skill,
      'aos.run_id': claim.runId,
      'aos.step_id': step.step_id,
      'aos.attempt': attempt,
    },
  });
}

function intentOf(
  { step, attempt, undoing }: CallCommand,
  { awaits }: Skill,
  idempotencyKey: string,
  isIdempotent: boolean,
): EventData<'tool.call.requested'> {
  return {
    step_id: step.step_id,
    skill: step.skill,
    attempt,
    idempotency_key: idempotencyKey,
    idempotent: isIdempotent,
    timeout_ms: step.timeout_ms,
    ...(undoing === null ? {} : { compensates: step.step_id }),
    ...(awaits === undefined ? {} : { awaits }),
  };
}
