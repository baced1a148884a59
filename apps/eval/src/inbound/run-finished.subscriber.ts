import { liveRunEndsSubject, type StructuredOutcome } from '@aos/contracts';
import type { Messaging } from '@aos/messaging';
import type { Logger } from '@aos/telemetry';
import type { FinishedRun } from '../application/judge-finished-run.ts';

interface SubscriberParts {
  messaging: Pick<Messaging, 'subscribeCore'>;
  onFinished: (run: FinishedRun) => Promise<StructuredOutcome<null>>;
  logger: Logger;
}

/**
 * Tells the ends of runs, of those tenants only whose evaluations are driven here: no other run costs anything. At most
 * once; an end that is missed is found by looking at the run, which every task that waits for one does by itself.
 */
export class FinishedRuns {
  readonly #parts: SubscriberParts;
  readonly #endings = new Map<string, () => void>();
  readonly #underWay = new Set<Promise<void>>();

  constructor(parts: SubscriberParts) {
    this.#parts = parts;
  }

  /** Of these tenants from now on, and of no others. Their runs that are submitted after this are not missed. */
  follow(tenants: ReadonlySet<string>): void {
    for (const [tenantId, end] of this.#endings) {
      if (tenants.has(tenantId)) continue;
      end();
      this.#endings.delete(tenantId);
    }
    for (const tenantId of tenants) {
      if (!this.#endings.has(tenantId)) this.#endings.set(tenantId, this.#subscribe(tenantId));
    }
  }

  /** Follows nobody any more and resolves when everything told is dealt with. */
  async stop(): Promise<void> {
    this.follow(new Set());
    await Promise.all(this.#underWay);
  }

  #subscribe(tenantId: string): () => void {
    return this.#parts.messaging.subscribeCore(liveRunEndsSubject(tenantId), ({ subject }) => {
      const told = this.#tell(tenantId, subject).finally(() => this.#underWay.delete(told));
      this.#underWay.add(told);
    });
  }

  /** `aos.live.v1.<tenant>.<agent>.run.<run id>.run.finished` */
  async #tell(tenantId: string, subject: string): Promise<void> {
    const [, , , , agentId = '', , runId = ''] = subject.split('.');
    const { onFinished, logger } = this.#parts;
    try {
      await onFinished({ tenantId, agentId, runId });
    } catch (error) {
      logger.warn(
        { err: error, run_id: runId },
        'a run that ended could not be judged; it is looked at again',
      );
    }
  }
}
