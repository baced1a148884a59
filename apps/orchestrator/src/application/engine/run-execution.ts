import { errorOf, type ErrorSpec, type EventData } from '@aos/contracts';
import {
  commandsFor,
  decide,
  commandsOnCancel,
  commandsOnCrashLoop,
  type Command,
} from '../../domain/run/decide.ts';
import { fold } from '../../domain/run/evolve.ts';
import { retryDelayMs } from '../../domain/run/retry.ts';
import {
  ENGINE_VERSION,
  type NewRunEvent,
  type RunEvent,
  type RunEventType,
  type RunState,
} from '../../domain/run/state.ts';
import type { JournalEntry, JournalWriter } from './journal-writer.ts';
import type {
  Chance,
  ClaimedRun,
  Clock,
  EngineObserver,
  ReleasedRun,
  RunIdentity,
  RunSignal,
} from './ports.ts';
import type { Attempt, ToolAdapter } from './tool-adapter.ts';

/** Waits up to this long stay in the slot; longer ones give it back. */
const SLOT_WAIT_MS_MAX = 5_000;
/** Claims in a row without progress after which a run is taken out of the way. */
const IDLE_CLAIMS_MAX = 3;

/** How a run left its slot. */
export type Departure = 'finished' | 'released' | 'handed-back';

interface ExecutionParts {
  writer: JournalWriter;
  tools: ToolAdapter;
  clock: Clock;
  chance: Chance;
  observer: EngineObserver;
}

type CallCommand = Extract<Command, { type: 'call' }>;

/** One claimed run on its way through its slot: does what `decide` says and journals what came of it. */
export class RunExecution {
  readonly #parts: ExecutionParts;
  readonly #claim: ClaimedRun;
  readonly #interrupt = new AbortController();
  #state: RunState;
  /** What the last event decided. */
  #commands: Command[] = [];
  #cancel: RunSignal | undefined;
  #isYielding = false;
  /** Set when something this run handed to the writer could not be written. */
  #failure: { error: unknown } | undefined;

  constructor(parts: ExecutionParts, claim: ClaimedRun, events: readonly RunEvent[]) {
    this.#parts = parts;
    this.#claim = claim;
    this.#state = fold(events);
  }

  /** Asks for the run to be cancelled: a call under way is cut. */
  cancel(signal: RunSignal): void {
    this.#cancel ??= signal;
    this.#interrupt.abort();
  }

  /** Asks for the slot back at the next step boundary. */
  yield(): void {
    this.#isYielding = true;
  }

  /** Rejects when the journal could not be written: the run is then for another process. */
  async run(): Promise<Departure> {
    this.#commands = this.#firstCommands();
    for (;;) {
      if (this.#failure !== undefined) throw this.#failure.error;
      if (this.#cancel !== undefined) this.#commands = commandsOnCancel(this.#state, this.#cancel.reason);
      else if (this.#isYielding) return 'handed-back';
      if (this.#commands.length === 0) return 'finished';
      for (const command of this.#commands) {
        const departure = await this.#perform(command);
        if (departure !== undefined) return departure;
      }
    }
  }

  #firstCommands(): Command[] {
    return this.#claim.idleClaims > IDLE_CLAIMS_MAX
      ? commandsOnCrashLoop(this.#state)
      : commandsFor(this.#state);
  }

  async #perform(command: Command): Promise<Departure | undefined> {
    switch (command.type) {
      case 'start':
        void this.#journal([this.#event('run.started', { engine_version: ENGINE_VERSION })]);
        return undefined;
      case 'resume':
        void this.#journal([this.#event('run.resumed', { reason: this.#state.waitingReason ?? 'due' })]);
        return undefined;
      case 'call':
        return this.#call(command);
      case 'park':
        return this.#release(command.reason, null, command.error);
      case 'close-step':
        void this.#journal([this.#event('step.finished', closedStep(command))]);
        return undefined;
      case 'finish':
        return this.#finish(command.data);
    }
  }

  async #call(command: CallCommand): Promise<Departure | undefined> {
    const { clock, tools } = this.#parts;
    const waitMs = command.notBefore === null ? 0 : Date.parse(command.notBefore) - clock.now();
    if (waitMs > SLOT_WAIT_MS_MAX) return this.#release('retry', command.notBefore, null);
    if (waitMs > 0) await clock.sleep(waitMs, this.#interrupt.signal);
    if (this.#interrupt.signal.aborted) return undefined;

    const attempt = await tools.call({
      claim: this.#claim,
      state: this.#state,
      command,
      signal: this.#interrupt.signal,
      announce: (intent) => this.#journal([this.#event('tool.call.requested', intent)]),
    });
    // A call that was cut says nothing of the step: the cancellation closes it.
    if (!attempt.outcome.ok && this.#interrupt.signal.aborted) return undefined;
    void this.#journal(this.#eventsOf(command, attempt));
    return undefined;
  }

  #eventsOf(command: CallCommand, attempt: Attempt): NewRunEvent[] {
    const call = { step_id: command.step.step_id, skill: command.step.skill, attempt: command.attempt };
    const latency = { latency_ms: attempt.latencyMs };
    const startedAt =
      this.#state.steps[call.step_id]?.startedAt ?? new Date(attempt.startedAtMs).toISOString();
    const step = {
      step_id: call.step_id,
      skill: call.skill,
      attempts: call.attempt,
      started_at: startedAt,
      ...latency,
    };
    const { outcome, spend } = attempt;
    const spent = {
      cost_microcents: spend.costMicrocents,
      input_tokens: spend.inputTokens,
      output_tokens: spend.outputTokens,
    };
    if (outcome.ok) {
      this.#observeStep(call.skill, 'succeeded', attempt);
      const { output } = outcome.value;
      const finished = this.#event('step.finished', {
        ...step,
        status: 'succeeded',
        output,
        error: null,
        ...spent,
      });
      if (attempt.idempotencyKey === null) return [finished];
      return [
        this.#event('tool.call.succeeded', { ...call, ...latency, idempotency_key: attempt.idempotencyKey }),
        finished,
      ];
    }
    const { error } = outcome;
    const nextAttemptAt = this.#nextAttemptAt(command, attempt, error);
    const failed = this.#event('tool.call.failed', {
      ...call,
      ...latency,
      error,
      next_attempt_at: nextAttemptAt,
      ...spent,
    });
    if (nextAttemptAt !== null) return [failed];
    this.#observeStep(call.skill, 'failed', attempt);
    return [
      failed,
      this.#event('step.finished', { ...step, status: 'failed', output: null, error, cost_microcents: 0 }),
    ];
  }

  /** Null: the step has failed for good. */
  #nextAttemptAt(command: CallCommand, attempt: Attempt, error: ErrorSpec): string | null {
    const { retry } = command.step;
    if (!error.retryable || !attempt.mayRepeat || command.attempt >= retry.maximum_attempts) return null;
    const { clock, chance } = this.#parts;
    const delayMs = retryDelayMs(retry, command.attempt, chance.random(), error.retry_after_ms);
    return new Date(clock.now() + delayMs).toISOString();
  }

  async #finish(data: EventData<'run.finished'>): Promise<Departure> {
    const { clock, observer } = this.#parts;
    const finishedAt = new Date(clock.now()).toISOString();
    const identity = this.#identity();
    await this.#journal([this.#event('run.finished', data)], {
      finished: { ...identity, status: data.status, costMicrocents: data.cost_microcents, finishedAt },
    });
    const startedAt = this.#state.startedAt;
    observer.runFinished(data.status, startedAt === null ? 0 : (clock.now() - Date.parse(startedAt)) / 1000);
    return 'finished';
  }

  async #release(reason: string, readyAt: string | null, error: ErrorSpec | null): Promise<Departure> {
    const released: ReleasedRun = { ...this.#identity(), reason, readyAt };
    await this.#journal([this.#event('run.waiting', { reason, next_attempt_at: readyAt, error })], {
      released,
    });
    return 'released';
  }

  /** Takes the events into the state at once and hands them to the writer; resolves when they are durable. */
  #journal(events: NewRunEvent[], more: Partial<JournalEntry> = {}): Promise<void> {
    const identity = this.#identity();
    const rows = events.map((event) => {
      const numbered: RunEvent = { ...event, seq: this.#state.seq + 1 };
      const decision = decide(this.#state, numbered);
      this.#state = decision.state;
      this.#commands = decision.commands;
      return { ...identity, traceparent: this.#claim.traceparent, event: numbered };
    });
    const handled =
      this.#cancel !== undefined && more.finished !== undefined
        ? { handledSignals: [this.#cancel.signalId] }
        : {};
    const durable = this.#parts.writer.add({ runId: identity.runId, rows, ...more, ...handled });
    durable.catch((error: unknown) => {
      this.#failure ??= { error };
    });
    return durable;
  }

  #event<T extends RunEventType>(type: T, data: EventData<T>): NewRunEvent {
    return { type, time: new Date(this.#parts.clock.now()).toISOString(), data } as NewRunEvent;
  }

  #identity(): RunIdentity {
    const { runId, tenantId, agentId } = this.#claim;
    return { runId, tenantId, agentId };
  }

  #observeStep(skill: string, outcome: string, attempt: Attempt): void {
    this.#parts.observer.stepFinished(skill, outcome, attempt.latencyMs / 1000);
  }
}

function closedStep({ step, error }: Extract<Command, { type: 'close-step' }>): EventData<'step.finished'> {
  return {
    step_id: step.plan.step_id,
    skill: step.plan.skill,
    status: 'cancelled',
    attempts: step.intent?.attempt ?? step.attempts,
    output: null,
    error:
      step.intent === null
        ? error
        : errorOf('run_cancelled', 'cut while its call was under way; the effect may have happened'),
    started_at: step.startedAt,
    latency_ms: 0,
    cost_microcents: 0,
  };
}
