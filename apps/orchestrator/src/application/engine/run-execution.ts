import type { ErrorSpec, EventData, RetryPolicy } from '@aos/contracts';
import { openSpan, type Span } from '@aos/telemetry';
import {
  cancellation,
  commandsOnCancel,
  commandsOnCrashLoop,
  type Command,
} from '../../domain/run/decide.ts';
import { retryDelayMs } from '../../domain/run/retry.ts';
import { ENGINE_VERSION, type RunEvent } from '../../domain/run/state.ts';
import { isNothing, NOTHING_SPENT, type Spend } from '../../domain/skill/skill.ts';
import { askForPlan } from './ask-for-plan.ts';
import { closedStep, createdPlan, eventsOfAttempt, spentFields } from './attempt-events.ts';
import type { JournalWriter } from './journal-writer.ts';
import type {
  Chance,
  ClaimedRun,
  Clock,
  EngineObserver,
  Lease,
  Planner,
  ReleasedRun,
  RunSignal,
} from './ports.ts';
import { RunJournal } from './run-journal.ts';
import type { Attempt, ToolAdapter } from './tool-adapter.ts';

/** Waits up to this long stay in the slot; longer ones give it back. */
const SLOT_WAIT_MS_MAX = 5_000;
/** Of asking for a plan: a router that restarts, or a provider's bad minute, ends no run. */
const PLANNING_RETRY: RetryPolicy = {
  maximum_attempts: 5,
  initial_interval_ms: 2_000,
  backoff_coefficient: 3,
  maximum_interval_ms: 120_000,
};
/** Claims in a row without progress after which a run is taken out of the way. */
const IDLE_CLAIMS_MAX = 3;

/** How a run left its slot. */
export type Departure = 'finished' | 'released' | 'handed-back';

interface ExecutionParts {
  writer: Pick<JournalWriter, 'add'>;
  tools: ToolAdapter;
  planner: Planner;
  lease: Lease;
  clock: Clock;
  chance: Chance;
  observer: EngineObserver;
}

type CallCommand = Extract<Command, { type: 'call' }>;
type PlanCommand = Extract<Command, { type: 'plan' }>;

interface RejectedPlan {
  attempt: number;
  error: ErrorSpec;
  latencyMs: number;
  spend: Spend;
}

/** One claimed run on its way through its slot: does what `decide` says and journals what came of it. */
export class RunExecution {
  readonly #parts: ExecutionParts;
  readonly #claim: ClaimedRun;
  readonly #journal: RunJournal;
  /** Of this turn in a slot: a run may have several. */
  readonly #span: Span;
  readonly #interrupt = new AbortController();
  /** Ends what another process can repeat without loss. */
  readonly #leave = new AbortController();
  #cancel: RunSignal | undefined;
  #isYielding = false;

  constructor(parts: ExecutionParts, claim: ClaimedRun, events: readonly RunEvent[]) {
    this.#parts = parts;
    this.#claim = claim;
    this.#journal = new RunJournal(parts, claim, events);
    this.#span = openSpan('invoke_agent', {
      kind: 'internal',
      parent: claim.traceparent,
      attributes: {
        'gen_ai.operation.name': 'invoke_agent',
        'gen_ai.agent.id': claim.agentId,
        'aos.tenant_id': claim.tenantId,
        'aos.run_id': claim.runId,
      },
    });
  }

  /** Asks for the run to be cancelled: a call under way is cut. */
  cancel(signal: RunSignal): void {
    this.#cancel ??= signal;
    this.#interrupt.abort();
  }

  /** Asks for the slot back at the next step boundary; planning is left at once, since its keys give the next process the answer. */
  yield(): void {
    this.#isYielding = true;
    this.#leave.abort();
  }

  /** Rejects when the journal could not be written: the run is then for another process. */
  async run(): Promise<Departure> {
    try {
      return await this.#run();
    } finally {
      const { status, outcome } = this.#journal.state;
      this.#span.set({ 'aos.run_status': status });
      if (outcome?.error) this.#span.fail(outcome.error);
      this.#span.end();
    }
  }

  async #run(): Promise<Departure> {
    let commands = this.#firstCommands();
    for (;;) {
      if (this.#journal.failure !== undefined) throw this.#journal.failure.error;
      if (this.#cancel !== undefined) commands = commandsOnCancel(this.#journal.state, this.#cancel.reason);
      else if (this.#isYielding) return 'handed-back';
      if (commands.length === 0) return 'finished';
      for (const command of commands) {
        const departure = await this.#perform(command);
        if (departure !== undefined) return departure;
      }
      commands = this.#journal.commands;
    }
  }

  #firstCommands(): Command[] {
    const { state, commands } = this.#journal;
    return this.#claim.idleClaims > IDLE_CLAIMS_MAX ? commandsOnCrashLoop(state) : commands;
  }

  async #perform(command: Command): Promise<Departure | undefined> {
    switch (command.type) {
      case 'start':
        void this.#journal.tell('run.started', { engine_version: ENGINE_VERSION });
        return undefined;
      case 'resume':
        void this.#journal.tell('run.resumed', { reason: this.#journal.state.waitingReason ?? 'due' });
        return undefined;
      case 'plan':
        return this.#plan(command);
      case 'call':
        return this.#call(command);
      case 'park':
        return this.#release(command.reason, null, command.error);
      case 'close-step':
        void this.#journal.tell('step.finished', closedStep(command.step, command.error, NOTHING_SPENT));
        return undefined;
      case 'finish':
        return this.#finish(command.data);
    }
  }

  async #plan({ attempt, notBefore }: PlanCommand): Promise<Departure | undefined> {
    const { clock, lease } = this.#parts;
    const waitMs = this.#waitMs(notBefore);
    if (waitMs > SLOT_WAIT_MS_MAX) return this.#release('planning_retry', notBefore, null);
    if (waitMs > 0) await clock.sleep(waitMs, this.#interrupt.signal);
    if (this.#interrupt.signal.aborted) return undefined;
    // Planning is paid: what led to it is durable first, and the process has its place.
    await this.#journal.durable;
    await lease.beforeEffect();
    const { outcome, spend, latencyMs } = await askForPlan(this.#parts, {
      claim: this.#claim,
      state: this.#journal.state,
      traceparent: this.#span.traceparent,
      signal: AbortSignal.any([this.#interrupt.signal, this.#leave.signal]),
    });
    if (outcome.ok) {
      const created = createdPlan(outcome.value, { planId: this.#parts.chance.newId(), spend, latencyMs });
      void this.#journal.tell('plan.created', created);
    } else if (this.#interrupt.signal.aborted) {
      // A call that was cut says nothing of the goal; but what planning had cost is kept.
      const error = cancellation(this.#cancel?.reason);
      if (!isNothing(spend)) this.#rejectPlan({ attempt, error, latencyMs, spend });
    } else if (!this.#isYielding) this.#rejectPlan({ attempt, error: outcome.error, latencyMs, spend });
    return undefined;
  }

  #rejectPlan({ attempt, error, latencyMs, spend }: RejectedPlan): void {
    const nextAttemptAt = this.#retryAt(PLANNING_RETRY, attempt, error);
    const data = { attempt, error, latency_ms: latencyMs, next_attempt_at: nextAttemptAt };
    // What was answered is answered again to the next attempt, which then counts it.
    const spent = nextAttemptAt === null ? spentFields(spend) : {};
    void this.#journal.tell('plan.rejected', { ...data, ...spent });
  }

  async #call(command: CallCommand): Promise<Departure | undefined> {
    const { clock, tools } = this.#parts;
    const waitMs = this.#waitMs(command.notBefore);
    if (waitMs > SLOT_WAIT_MS_MAX) return this.#release('retry', command.notBefore, null);
    if (waitMs > 0) await clock.sleep(waitMs, this.#interrupt.signal);
    if (this.#interrupt.signal.aborted) return undefined;

    const attempt = await tools.call({
      claim: this.#claim,
      state: this.#journal.state,
      command,
      traceparent: this.#span.traceparent,
      signal: this.#interrupt.signal,
      announce: (intent) => this.#journal.tell('tool.call.requested', intent),
    });
    if (!attempt.outcome.ok && this.#interrupt.signal.aborted) {
      this.#closeCut(command.step.step_id, attempt.spend);
      return undefined;
    }
    const step = this.#journal.state.steps[command.step.step_id];
    const startedAt = step?.startedAt ?? new Date(attempt.startedAtMs).toISOString();
    const nextAttemptAt = this.#nextAttemptAt(command, attempt);
    const time = new Date(clock.now()).toISOString();
    void this.#journal.add(eventsOfAttempt({ command, attempt, startedAt, nextAttemptAt, time }));
    if (nextAttemptAt === null) this.#observeStep(command.step.skill, attempt);
    return undefined;
  }

  #waitMs(notBefore: string | null): number {
    return notBefore === null ? 0 : Date.parse(notBefore) - this.#parts.clock.now();
  }

  /** A call that was cut says nothing of its step, the cancellation closes it; but what it had cost is kept. */
  #closeCut(stepId: string, spend: Spend): void {
    const step = this.#journal.state.steps[stepId];
    if (step === undefined || isNothing(spend)) return;
    const data = closedStep(step, cancellation(this.#cancel?.reason), spend);
    void this.#journal.tell('step.finished', data);
  }

  /** Null: the step has succeeded or failed for good. */
  #nextAttemptAt(command: CallCommand, { outcome, mayRepeat }: Attempt): string | null {
    if (outcome.ok || !mayRepeat) return null;
    return this.#retryAt(command.step.retry, command.attempt, outcome.error);
  }

  /** Null: the failure is the last. */
  #retryAt(retry: RetryPolicy, attempt: number, error: ErrorSpec): string | null {
    if (!error.retryable || attempt >= retry.maximum_attempts) return null;
    const { clock, chance } = this.#parts;
    const delayMs = retryDelayMs(retry, attempt, chance.random(), error.retry_after_ms);
    return new Date(clock.now() + delayMs).toISOString();
  }

  async #finish(data: EventData<'run.finished'>): Promise<Departure> {
    const { clock, observer } = this.#parts;
    const finishedAt = new Date(clock.now()).toISOString();
    const { identity } = this.#journal;
    await this.#journal.tell('run.finished', data, {
      finished: { ...identity, status: data.status, costMicrocents: data.cost_microcents, finishedAt },
      handledSignals: this.#cancel === undefined ? [] : [this.#cancel.signalId],
    });
    const { startedAt } = this.#journal.state;
    observer.runFinished(data.status, startedAt === null ? 0 : (clock.now() - Date.parse(startedAt)) / 1000);
    return 'finished';
  }

  async #release(reason: string, readyAt: string | null, error: ErrorSpec | null): Promise<Departure> {
    const released: ReleasedRun = { ...this.#journal.identity, reason, readyAt };
    await this.#journal.tell('run.waiting', { reason, next_attempt_at: readyAt, error }, { released });
    return 'released';
  }

  #observeStep(skill: string, { outcome, latencyMs }: Attempt): void {
    this.#parts.observer.stepFinished(skill, outcome.ok ? 'succeeded' : 'failed', latencyMs / 1000);
  }
}
