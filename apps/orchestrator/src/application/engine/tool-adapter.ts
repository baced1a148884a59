import {
  EVENT_PAYLOAD_BYTES_MAX,
  errorOf,
  fail,
  type EventData,
  type StructuredOutcome,
} from '@aos/contracts';
import { openSpan, type Span } from '@aos/telemetry';
import { effectKey } from '../effect-key.ts';
import { resolveReferences, type ReferenceScope } from '../../domain/plan/references.ts';
import type { Command } from '../../domain/run/decide.ts';
import type { RunState } from '../../domain/run/state.ts';
import {
  NOTHING_SPENT,
  sumOf,
  type JsonObject,
  type Skill,
  type SkillRegistry,
  type SkillResult,
  type Spend,
} from '../../domain/skill/skill.ts';
import type { ClaimedRun, Clock, Lease } from './ports.ts';

interface CallRequest {
  claim: ClaimedRun;
  state: RunState;
  command: Extract<Command, { type: 'call' }>;
  /** Of the span that works on the run. */
  traceparent: string;
  /** Aborted when the run is cut. */
  signal: AbortSignal;
  /** Journals the intent; resolves when it is durable. */
  announce(intent: EventData<'tool.call.requested'>): Promise<void>;
}

/** What came of one attempt. */
export interface Attempt {
  outcome: StructuredOutcome<SkillResult>;
  spend: Spend;
  /** Null for a call without side effects. */
  idempotencyKey: string | null;
  /** Whether a failed attempt may be repeated: not where its effect may have happened and a repeat is not harmless. */
  mayRepeat: boolean;
  startedAtMs: number;
  latencyMs: number;
}

/** Given as the reason, it spares an exception with its stack for every call. */
const OVER = 'the call is over';

/** The one door to side effects: references → validate → intent → lease → timeout → result. */
export class ToolAdapter {
  readonly #skills: SkillRegistry;
  readonly #lease: Lease;
  readonly #clock: Clock;

  constructor(skills: SkillRegistry, lease: Lease, clock: Clock) {
    this.#skills = skills;
    this.#lease = lease;
    this.#clock = clock;
  }

  async call(request: CallRequest): Promise<Attempt> {
    const startedAtMs = this.#clock.now();
    const refused = (outcome: StructuredOutcome<SkillResult>): Attempt => ({
      outcome,
      spend: NOTHING_SPENT,
      idempotencyKey: null,
      mayRepeat: true,
      startedAtMs,
      latencyMs: this.#clock.now() - startedAtMs,
    });
    const { step } = request.command;
    const skill = this.#skills.get(step.skill);
    if (skill === undefined)
      return refused(fail(errorOf('skill_failed', `this process has no skill ${step.skill}`)));
    const params = resolveReferences(step.params, scopeOf(request.state));
    if (!params.ok) return refused(params);
    const issues = skill.validate(params.value);
    if (issues.length > 0) {
      const message = issues.map(({ field, message }) => `${field}: ${message}`).join('; ');
      return refused(fail(errorOf('invalid_params', message, { details: { issues } })));
    }
    return this.#attempt(request, skill, params.value);
  }

  async #attempt(request: CallRequest, skill: Skill, params: JsonObject): Promise<Attempt> {
    const { claim, command } = request;
    const { step, intent } = command;
    const idempotencyKey = intent?.idempotencyKey ?? effectKey(claim.runId, step.step_id, params);
    const hasSideEffects = skill.hasSideEffects(params);
    const isIdempotent = skill.isIdempotent(params);
    if (hasSideEffects) {
      if (intent === null) await request.announce(intentOf(command, idempotencyKey, isIdempotent));
      await this.#lease.beforeEffect();
    }
    const startedAtMs = this.#clock.now();
    const { outcome, spend } = await this.#execute(request, skill, { params, idempotencyKey });
    return {
      outcome: outcome.ok ? checkedOutput(outcome.value) : outcome,
      spend,
      idempotencyKey: hasSideEffects ? idempotencyKey : null,
      mayRepeat: !hasSideEffects || isIdempotent,
      startedAtMs,
      latencyMs: this.#clock.now() - startedAtMs,
    };
  }

  /** A skill that does not heed its signal is left behind: its attempt has timed out all the same. */
  async #execute(
    request: CallRequest,
    skill: Skill,
    call: { params: JsonObject; idempotencyKey: string },
  ): Promise<{ outcome: StructuredOutcome<SkillResult>; spend: Spend }> {
    let spend = NOTHING_SPENT;
    const { claim, state, command, signal } = request;
    const { step_id: stepId, timeout_ms: timeoutMs } = command.step;
    const span = openToolSpan(request);
    const over = new AbortController();
    const cut = AbortSignal.any([signal, over.signal]);
    try {
      const outcome = await Promise.race([
        skill.execute({
          ...call,
          timeoutMs,
          signal: cut,
          tenantId: claim.tenantId,
          runId: claim.runId,
          agentId: claim.agentId,
          traceparent: span.traceparent,
          budgetMicrocents: state.reservedMicrocents - state.costMicrocents,
          charge: (more) => {
            spend = sumOf(spend, more);
          },
          stepId,
          attempt: command.attempt,
        }),
        this.#clock.sleep(timeoutMs, cut).then(() => {
          if (signal.aborted) return fail(errorOf('run_cancelled', 'the call was cut'));
          return fail(errorOf('step_timeout', `step ${stepId} took longer than ${timeoutMs} ms`));
        }),
      ]);
      if (!outcome.ok) span.fail(outcome.error);
      return { outcome, spend };
    } finally {
      over.abort(OVER);
      span.end();
    }
  }
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

function scopeOf(state: RunState): ReferenceScope {
  return {
    goal: state.goal,
    context: state.context,
    outputOf(stepId) {
      const step = Object.hasOwn(state.steps, stepId) ? state.steps[stepId] : undefined;
      return step?.status === 'succeeded' ? step.output : undefined;
    },
  };
}

function intentOf(
  { step, attempt }: CallRequest['command'],
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
  };
}

/** An output must fit in a journal row and an event, and in the text type of every reader (no NUL). */
function checkedOutput(result: SkillResult): StructuredOutcome<SkillResult> {
  const json = JSON.stringify(result.output) ?? 'null';
  const bytes = Buffer.byteLength(json);
  if (bytes > EVENT_PAYLOAD_BYTES_MAX) {
    const message = `the output is ${bytes} bytes, the limit is ${EVENT_PAYLOAD_BYTES_MAX}; let the step return less, e.g. by a query`;
    return fail(errorOf('payload_limit', message));
  }
  if (json.includes('\\u0000')) return fail(errorOf('payload_limit', 'the output contains a NUL character'));
  return { ok: true, value: result };
}
