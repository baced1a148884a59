import type { Logger } from '@aos/telemetry';
import type { EvaluationWork, HeldEvaluation } from './evaluation-work.ts';

interface WorkerParts {
  work: EvaluationWork;
  /** Told what this process holds, before any of it is advanced. */
  onHeld: (held: readonly HeldEvaluation[]) => void;
  /** Does what is due of an evaluation. */
  advance: (evaluation: HeldEvaluation, signal: AbortSignal) => Promise<void>;
  /** Of this process. */
  workerId: string;
  logger: Logger;
  /** After this long without a sign of life another process goes on. Default 10 s. */
  leaseMs?: number;
}

const IDLE_MS = 1_000;
const BUSY_MS = 250;
const LEASE_MS = 10_000;

/** Drives the evaluations this process holds, each as far as it goes, several times a second and when kicked. */
export class EvaluationWorker {
  readonly #parts: WorkerParts;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #leaving = new AbortController();
  #next: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isAsked = false;

  constructor(parts: WorkerParts) {
    this.#parts = parts;
  }

  /** Looks at what there is to do, now and from then on; kicks that come meanwhile are one. */
  kick(): void {
    if (this.#leaving.signal.aborted) return;
    this.#isAsked = true;
    this.#running ??= this.#run();
  }

  /** Breaks off what waits for answers and gives the evaluations back: others go on at once. */
  async stop(): Promise<void> {
    const { work, workerId, logger } = this.#parts;
    this.#leaving.abort();
    await this.#running;
    clearTimeout(this.#next);
    await Promise.all(this.#underWay.values());
    try {
      await work.release(workerId);
    } catch (error) {
      logger.warn(
        { err: error },
        'evaluations could not be given back; others take them when the lease ends',
      );
    }
  }

  async #run(): Promise<void> {
    let pauseMs = IDLE_MS;
    clearTimeout(this.#next);
    while (this.#isAsked && !this.#leaving.signal.aborted) {
      this.#isAsked = false;
      pauseMs = (await this.#advanceAll()) > 0 ? BUSY_MS : IDLE_MS;
    }
    this.#running = undefined;
    this.#next = setTimeout(() => this.kick(), pauseMs);
  }

  /** How many there are to drive. */
  async #advanceAll(): Promise<number> {
    const { work, workerId, onHeld, logger, leaseMs = LEASE_MS } = this.#parts;
    try {
      const held = await work.hold(workerId, leaseMs);
      onHeld(held);
      for (const evaluation of held) this.#advance(evaluation);
      return held.length;
    } catch (error) {
      logger.warn({ err: error }, 'no evaluations could be taken; it is tried again');
      return 0;
    }
  }

  /** Not awaited: one that waits for answers does not keep the lease of the others from being renewed. */
  #advance(evaluation: HeldEvaluation): void {
    const { evaluationId } = evaluation;
    if (this.#underWay.has(evaluationId)) return;
    const advanced = this.#advanceSafely(evaluation).finally(() => this.#underWay.delete(evaluationId));
    this.#underWay.set(evaluationId, advanced);
  }

  async #advanceSafely(evaluation: HeldEvaluation): Promise<void> {
    const { advance, logger } = this.#parts;
    try {
      await advance(evaluation, this.#leaving.signal);
    } catch (error) {
      const { evaluationId } = evaluation;
      logger.warn(
        { err: error, evaluation_id: evaluationId },
        'an evaluation got no further; it is tried again',
      );
    }
  }
}
