import type { ErrorSpec, EventData } from '@aos/contracts';
import type { Span } from '@aos/telemetry';
import type { CallCommand, Command } from '../../domain/run/command.ts';
import {
  cancellation,
  commandsFor,
  commandsOnCrashLoop,
  commandsOnCut,
  lateness,
  type Cut,
} from '../../domain/run/decide.ts';
import { CHILDREN } from '../../domain/run/waiting.ts';
import { ENGINE_VERSION, type NewRunEvent, type RunEvent } from '../../domain/run/state.ts';
import { NOTHING_SPENT } from '../../domain/skill/skill.ts';
import { closedStep } from './attempt-events.ts';
import { eventsOfDecision } from './decision-events.ts';
import { dueCalls, type DueCalls } from './due-calls.ts';
import { endChildren } from './end-children.ts';
import { HeardSignals } from './heard-signals.ts';
import { attemptPlan } from './plan-attempt.ts';
import { Interruption } from './interruption.ts';
import type { ClaimedRun, ReleasedRun, RunSignal } from './ports.ts';
import { RunJournal } from './run-journal.ts';
import { endRunSpan, openRunSpan } from './run-span.ts';
import { StepCalls } from './step-calls.ts';
import type { ExecutionParts, Turn } from './turn.ts';

/** Waits up to this long stay in the slot; longer ones give it back. */
const SLOT_WAIT_MS_MAX = 5_000;
/** Timers longer than that are set again. */
const TIMER_MS_MAX = 3_600_000;
/** Claims in a row without progress after which a run is taken out of the way. */
const IDLE_CLAIMS_MAX = 3;

/** How a run left its slot. */
export type Departure = 'finished' | 'released' | 'handed-back';

/** Why a run gives its slot back, and until when; without a time it waits for a person. */
interface Wait {
  reason: string;
  readyAt?: string | null;
  error?: ErrorSpec | null;
}

type PlanCommand = Extract<Command, { type: 'plan' }>;

/** One claimed run on its way through its slot: does what `decide` says and journals what came of it. */
export class RunExecution {
  readonly #parts: ExecutionParts;
  readonly #claim: ClaimedRun;
  readonly #journal: RunJournal;
  /** Of this turn in a slot: a run may have several. */
  readonly #span: Span;
  readonly #turn: Turn;
  readonly #calls: StepCalls;
  readonly #interrupt = new Interruption();
  readonly #leave = new Interruption();
  #changed = Promise.withResolvers<void>();
  #cut: Cut | undefined;
  readonly #signals = new HeardSignals();
  #areChildrenTold = false;

  constructor(parts: ExecutionParts, claim: ClaimedRun, events: readonly RunEvent[]) {
    this.#parts = parts;
    this.#claim = claim;
    this.#journal = new RunJournal(parts, claim, events);
    this.#span = openRunSpan(claim);
    this.#turn = {
      parts,
      claim,
      journal: this.#journal,
      traceparent: this.#span.traceparent,
      cut: this.#interrupt,
      leave: this.#leave,
      cutError: () => (this.#cut ?? cancellation(undefined)).error,
    };
    this.#calls = new StepCalls(this.#turn, () => this.#changed.resolve());
  }

  /** Of pause and resume the last one counts; a cancel cuts calls under way. */
  take(signal: RunSignal): void {
    if (!this.#signals.hears(signal)) return;
    if (signal.type === 'cancel') this.#cutShort(cancellation(signal.reason, signal.onFailure));
    this.#changed.resolve();
  }

  /** The first reason stands. A run that goes back goes all the way. */
  #cutShort(cut: Cut): void {
    if (this.#isGoingBack) return;
    this.#cut ??= cut;
    this.#interrupt.raise();
    this.#changed.resolve();
  }

  get #isGoingBack(): boolean {
    return this.#journal.state.rollback !== null;
  }

  get #cutToHeed(): Cut | undefined {
    return this.#isGoingBack ? undefined : this.#cut;
  }

  /** Asks for the slot back at the next step boundary; planning is left at once, since its keys give the next process the answer. */
  yield(): void {
    this.#leave.raise();
    this.#changed.resolve();
  }

  /** Rejects when the journal could not be written: the run is then for another process. */
  async run(): Promise<Departure> {
    try {
      return await this.#run();
    } finally {
      endRunSpan(this.#span, this.#journal.state);
    }
  }

  async #run(): Promise<Departure> {
    const over = new Interruption();
    void this.#keepDeadline(over);
    try {
      return await this.#untilDeparture();
    } finally {
      over.raise();
    }
  }

  /** One that has passed cuts the run before anything is begun. */
  async #keepDeadline(over: Interruption): Promise<void> {
    const { deadline } = this.#journal.state;
    if (deadline === null) return;
    for (let leftMs = this.#waitMs(deadline); leftMs > 0; leftMs = this.#waitMs(deadline)) {
      await this.#parts.clock.sleep(Math.min(leftMs, TIMER_MS_MAX), over.signal);
      if (over.isRaised) return;
    }
    this.#cutShort(lateness(deadline));
  }

  async #untilDeparture(): Promise<Departure> {
    let departure = await this.#perform(this.#firstCommands());
    while (departure === undefined) departure = await this.#goOn();
    return departure;
  }

  #firstCommands(): Command[] {
    const isCrashLoop = this.#claim.idleClaims > IDLE_CLAIMS_MAX && this.#cut === undefined;
    return isCrashLoop ? commandsOnCrashLoop(this.#journal.state) : [];
  }

  /** Nothing new is begun in a run that is cut, broken, paused or on its way to another process: calls under way are awaited. */
  async #goOn(): Promise<Departure | undefined> {
    const { inFlight } = this.#calls;
    const broken = this.#calls.failure ?? this.#journal.failure;
    const isCut = this.#cutToHeed !== undefined;
    const isLeaving = this.#leave.isRaised && !isCut;
    const isEnding = broken !== undefined || isLeaving || isCut || this.#signals.pauseId !== undefined;
    if (inFlight.size > 0 && isEnding) {
      await this.#change(Infinity);
      return undefined;
    }
    if (broken !== undefined) throw broken.error;
    if (isLeaving) return 'handed-back';
    if (this.#signals.hasResumes && !isCut) return this.#resume();
    return this.#act();
  }

  async #act(): Promise<Departure | undefined> {
    const { state } = this.#journal;
    const { inFlight } = this.#calls;
    const cut = this.#cutToHeed;
    const commands = cut === undefined ? commandsFor(state, inFlight) : commandsOnCut(state, cut);
    const last = commands.at(-1)?.type;
    if (last === undefined && inFlight.size === 0) return 'finished';
    const { pauseId } = this.#signals;
    const isAtEnd = cut !== undefined || last === 'finish' || last === 'roll-back';
    if (pauseId !== undefined && !isAtEnd) return this.#release({ reason: 'paused' }, [pauseId]);
    const calls = commands.filter((command) => command.type === 'call');
    return calls.length === commands.length ? this.#callSteps(calls) : this.#perform(commands);
  }

  /** A run that is not waiting has nothing to resume; what a person decided counts all the same. */
  #resume(): undefined {
    const { state } = this.#journal;
    const time = new Date(this.#parts.clock.now()).toISOString();
    const { ids, decisions } = this.#signals.takeResumes();
    const resumed: NewRunEvent[] =
      state.status === 'waiting' && state.startedAt !== null
        ? [{ type: 'run.resumed', time, data: { reason: 'resumed' } }]
        : [];
    const decided = decisions.flatMap((decision) =>
      eventsOfDecision(state.steps[decision.stepId], decision, time),
    );
    void this.#journal.add([...resumed, ...decided], { handledSignals: ids });
  }

  async #perform(commands: readonly Command[]): Promise<Departure | undefined> {
    for (const command of commands) {
      const departure = await this.#performOne(command);
      if (departure !== undefined) return departure;
    }
    return undefined;
  }

  async #performOne(command: Command): Promise<Departure | undefined> {
    switch (command.type) {
      case 'start':
        return this.#start(command.notBefore);
      case 'resume':
        void this.#journal.tell('run.resumed', { reason: this.#journal.state.waitingReason ?? 'due' });
        return undefined;
      case 'plan':
        return this.#plan(command);
      case 'call':
        return this.#callSteps([command]);
      case 'park':
        return this.#release({ reason: command.reason, error: command.error });
      case 'close-step':
        void this.#journal.tell('step.finished', closedStep(command, NOTHING_SPENT));
        return undefined;
      case 'roll-back':
        // Signals from before have nothing to say to a run on its way back.
        void this.#journal.tell('run.compensating', command.data, {
          handledSignals: this.#signals.takeStops(),
        });
        return undefined;
      case 'finish':
        return this.#finish(command.data);
    }
  }

  async #start(notBefore: string | null): Promise<Departure | undefined> {
    const waitMs = this.#waitMs(notBefore);
    if (waitMs > SLOT_WAIT_MS_MAX) return this.#release({ reason: 'start_at', readyAt: notBefore });
    if (waitMs > 0) await this.#change(waitMs);
    else void this.#journal.tell('run.started', { engine_version: ENGINE_VERSION });
    return undefined;
  }

  async #plan({ attempt, notBefore }: PlanCommand): Promise<Departure | undefined> {
    const waitMs = this.#waitMs(notBefore);
    if (waitMs > SLOT_WAIT_MS_MAX) return this.#release({ reason: 'planning_retry', readyAt: notBefore });
    if (waitMs > 0) await this.#change(waitMs);
    else await attemptPlan(this.#turn, attempt);
    return undefined;
  }

  /**
   * Begins the calls that are due, as many as the run may have at once, and waits for what comes first: the end of a call,
   * the time of another, a signal. Where nothing is under way and nothing due for long, the slot is given back.
   */
  async #callSteps(calls: readonly CallCommand[]): Promise<Departure | undefined> {
    const { inFlight } = this.#calls;
    const isForChildren = await this.#endChildrenOf(calls);
    const due = dueCalls(calls, {
      inFlight: inFlight.size,
      maxParallel: this.#journal.state.maxParallel,
      nowMs: this.#parts.clock.now(),
      isWoken: (stepId) => this.#signals.isWoken(stepId),
    });
    for (const call of due.begin) this.#calls.start(call, this.#signals.takeWakes(call.step.step_id));
    if (inFlight.size === 0 && due.waitMs > SLOT_WAIT_MS_MAX)
      return this.#release({ reason: this.#reasonOf(due, isForChildren), readyAt: due.at });
    await this.#change(due.waitMs);
    return undefined;
  }

  /** Of a run that is to end: whether it waits for its children to end before. They are told once. */
  async #endChildrenOf(calls: readonly CallCommand[]): Promise<boolean> {
    const { failedStep, steps, adaptive } = this.#journal.state;
    const hasFailed = failedStep !== null && adaptive === null;
    if (this.#cutToHeed === undefined && !hasFailed) return false;
    if (!calls.some(({ step }) => steps[step.step_id]?.awaits === 'child_run')) return false;
    if (!this.#areChildrenTold) await endChildren(this.#parts, this.#journal.identity);
    this.#areChildrenTold = true;
    return true;
  }

  #reasonOf(due: DueCalls, isForChildren: boolean): string {
    if (this.#isGoingBack) return 'compensation_retry';
    return isForChildren ? CHILDREN : due.reason;
  }

  #waitMs(notBefore: string | null): number {
    return notBefore === null ? 0 : Date.parse(notBefore) - this.#parts.clock.now();
  }

  /** Resolves when a call has ended or a signal has come, at the latest after `waitMs`. */
  async #change(waitMs: number): Promise<void> {
    if (waitMs === Infinity) await this.#changed.promise;
    else {
      const over = new AbortController();
      await Promise.race([this.#changed.promise, this.#parts.clock.sleep(waitMs, over.signal)]);
      over.abort();
    }
    this.#changed = Promise.withResolvers();
  }

  async #finish(data: EventData<'run.finished'>): Promise<Departure> {
    const { clock, observer, chance } = this.#parts;
    const { identity, state } = this.#journal;
    if (state.hasChildren && (await endChildren(this.#parts, identity)) > 0)
      return this.#release({ reason: CHILDREN });
    const finishedAt = new Date(clock.now()).toISOString();
    const awaitedBy = state.parent === null ? null : { ...state.parent, signalId: chance.newId() };
    await this.#journal.tell('run.finished', data, {
      finished: {
        ...identity,
        status: data.status,
        costMicrocents: data.cost_microcents,
        finishedAt,
        hasMailbox: state.hasMailbox,
        awaitedBy,
      },
      handledSignals: this.#signals.all,
    });
    if (awaitedBy !== null) await this.#parts.wake([{ tenantId: identity.tenantId, runId: awaitedBy.runId }]);
    const { startedAt } = state;
    observer.runFinished(data.status, startedAt === null ? 0 : (clock.now() - Date.parse(startedAt)) / 1000);
    return 'finished';
  }

  async #release(
    { reason, readyAt = null, error = null }: Wait,
    handledSignals: string[] = [],
  ): Promise<Departure> {
    const isGoingBack = this.#isGoingBack;
    const { steps, hasMailbox } = this.#journal.state;
    const released: ReleasedRun = { ...this.#journal.identity, reason, readyAt, isGoingBack, hasMailbox };
    const data = { reason, next_attempt_at: readyAt, error };
    const handled = [
      ...handledSignals,
      ...(isGoingBack ? this.#signals.takeCancels() : []),
      ...this.#signals.takeIdleWakes((stepId) => (steps[stepId]?.wait ?? null) !== null),
    ];
    await this.#journal.tell('run.waiting', data, { released, handledSignals: handled });
    return 'released';
  }
}
