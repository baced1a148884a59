import type { Decision, RunSignal } from './ports.ts';

/** The signals one execution has heard of; they may be told to it more than once. */
export class HeardSignals {
  readonly #ids = new Set<string>();
  #pauseId: string | undefined;
  #cancelIds: string[] = [];
  #resumes: { id: string; decision: Decision | null }[] = [];
  /** Ids of what has woken a step and was not answered by a call of it yet, by step. */
  readonly #wakes = new Map<string, string[]>();

  /** All that were heard: with the end of the run each is handled. */
  get all(): string[] {
    return [...this.#ids];
  }

  /** Of the pause that is wanted. */
  get pauseId(): string | undefined {
    return this.#pauseId;
  }

  get hasResumes(): boolean {
    return this.#resumes.length > 0;
  }

  /** False: it was heard before. */
  hears(signal: RunSignal): boolean {
    if (this.#ids.has(signal.signalId)) return false;
    this.#ids.add(signal.signalId);
    if (signal.type === 'cancel') this.#cancelIds.push(signal.signalId);
    if (signal.type === 'pause') this.#pauseId = signal.signalId;
    if (signal.type === 'resume') {
      this.#pauseId = undefined;
      this.#resumes.push({ id: signal.signalId, decision: signal.decision });
    }
    if (signal.type === 'wake') {
      const { stepId, signalId } = signal;
      this.#wakes.set(stepId, [...(this.#wakes.get(stepId) ?? []), signalId]);
    }
    return true;
  }

  /** Cancels not taken yet. */
  takeCancels(): string[] {
    const taken = this.#cancelIds;
    this.#cancelIds = [];
    return taken;
  }

  /** What had it stop: cancels not taken yet, and the pause. */
  takeStops(): string[] {
    const pause = this.#pauseId === undefined ? [] : [this.#pauseId];
    this.#pauseId = undefined;
    return [...this.takeCancels(), ...pause];
  }

  isWoken(stepId: string): boolean {
    return this.#wakes.has(stepId);
  }

  /** What has woken a step until now: a call that begins now answers it. */
  takeWakes(stepId: string): string[] {
    const ids = this.#wakes.get(stepId) ?? [];
    this.#wakes.delete(stepId);
    return ids;
  }

  /** What has woken steps that wait for nothing any more. */
  takeIdleWakes(isWaiting: (stepId: string) => boolean): string[] {
    return [...this.#wakes.keys()].flatMap((stepId) => (isWaiting(stepId) ? [] : this.takeWakes(stepId)));
  }

  /** Those not taken yet. */
  takeResumes(): { ids: string[]; decisions: Decision[] } {
    const taken = this.#resumes;
    this.#resumes = [];
    return {
      ids: taken.map(({ id }) => id),
      decisions: taken.flatMap(({ decision }) => decision ?? []),
    };
  }
}
