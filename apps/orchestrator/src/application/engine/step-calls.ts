import type { CallCommand } from '../../domain/run/command.ts';
import { heldByWaits } from '../../domain/run/waiting.ts';
import { isNothing, type Spend } from '../../domain/skill/skill.ts';
import { closedStep, eventsOfAttempt } from './attempt-events.ts';
import { eventsOfUndoing } from './compensation-events.ts';
import { NEVER } from './interruption.ts';
import { receivedBy, tellWaiting } from './tell-waiting.ts';
import type { Attempt } from './tool-adapter.ts';
import { retryAt, type Turn } from './turn.ts';

/** The calls of a run that are under way at once. Each journals what came of it as it ends; none knows of the others. */
export class StepCalls {
  readonly #turn: Turn;
  readonly #inFlight = new Set<string>();
  /** Where a call has a usual cost: what the others leave it is less. */
  readonly #heldMicrocents = new Map<string, number>();
  readonly #onEnd: () => void;
  #failure: { error: unknown } | undefined;

  /** `onEnd`: a call has ended and the journal may have grown. */
  constructor(turn: Turn, onEnd: () => void) {
    this.#turn = turn;
    this.#onEnd = onEnd;
  }

  /** Ids of their steps. */
  get inFlight(): ReadonlySet<string> {
    return this.#inFlight;
  }

  /** Set when a call broke: its run is then for another process. */
  get failure(): { error: unknown } | undefined {
    return this.#failure;
  }

  /** `wakes`: the signals this call answers. */
  start(command: CallCommand, wakes: readonly string[]): void {
    const stepId = command.step.step_id;
    const heldMicrocents = this.#heldByOthers(stepId);
    const usualMicrocents = this.#turn.parts.tools.usualCostMicrocents(command.step);
    if (usualMicrocents > 0) this.#heldMicrocents.set(stepId, usualMicrocents);
    this.#inFlight.add(stepId);
    void this.#attempt(command, wakes, heldMicrocents)
      .catch((error: unknown) => {
        this.#failure ??= { error };
      })
      .finally(() => {
        this.#heldMicrocents.delete(stepId);
        this.#inFlight.delete(stepId);
        this.#onEnd();
      });
  }

  #heldByOthers(stepId: string): number {
    let held = heldByWaits(this.#turn.journal.state, stepId);
    for (const microcents of this.#heldMicrocents.values()) held += microcents;
    return held;
  }

  async #attempt(command: CallCommand, wakes: readonly string[], heldMicrocents: number): Promise<void> {
    const { parts, claim, journal, traceparent } = this.#turn;
    const { clock, tools } = parts;
    const isUndoing = command.undoing !== null;
    // What is being undone already is undone, however late it is.
    const cut = isUndoing ? NEVER : this.#turn.cut;
    const attempt = await tools.call({
      claim,
      state: journal.state,
      command,
      heldMicrocents,
      traceparent,
      cut,
      announce: (intent) => journal.tell('tool.call.requested', intent),
    });
    if (attempt.waiting !== null) return tellWaiting(this.#turn, command, attempt.waiting, wakes);
    if (!attempt.outcome.ok && cut.isRaised && attempt.awaits === null) {
      this.#closeCut(command.step.step_id, attempt.spend);
      return;
    }
    const step = journal.state.steps[command.step.step_id];
    const startedBefore = isUndoing ? step?.compensation?.startedAt : step?.startedAt;
    const startedAt = startedBefore ?? new Date(attempt.startedAtMs).toISOString();
    const nextAttemptAt = this.#nextAttemptAt(command, attempt);
    const time = new Date(clock.now()).toISOString();
    const ended = { command, attempt, startedAt, nextAttemptAt, time };
    const told = { handledSignals: [...wakes], received: receivedBy(attempt) };
    void journal.add(isUndoing ? eventsOfUndoing(ended) : eventsOfAttempt(ended), told);
    if (nextAttemptAt !== null) return;
    const outcome = outcomeLabel(isUndoing, attempt.outcome.ok);
    parts.observer.stepFinished(command.step.skill, outcome, attempt.latencyMs / 1000);
  }

  /** Null: the step has succeeded or failed for good. */
  #nextAttemptAt({ step, attempt, undoing }: CallCommand, { outcome, mayRepeat }: Attempt): string | null {
    if (outcome.ok || !mayRepeat) return null;
    return retryAt(this.#turn.parts, step.retry, attempt - (undoing?.attemptsBefore ?? 0), outcome.error);
  }

  /** A call that was cut says nothing of its step, the cut closes it; but what it had cost is kept. */
  #closeCut(stepId: string, spend: Spend): void {
    const { journal } = this.#turn;
    const step = journal.state.steps[stepId];
    if (step === undefined || isNothing(spend)) return;
    const closed = closedStep({ step, status: 'cancelled', error: this.#turn.cutError() }, spend);
    void journal.tell('step.finished', closed);
  }
}

/** As metrics have it. */
function outcomeLabel(isUndoing: boolean, isOk: boolean): string {
  if (isUndoing) return isOk ? 'compensated' : 'compensation_failed';
  return isOk ? 'succeeded' : 'failed';
}
