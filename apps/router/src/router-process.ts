import type { OutboxRelay } from '@aos/database';
import type { Messaging } from '@aos/messaging';
import type { Logger } from '@aos/telemetry';
import type { OnModuleDestroy } from '@nestjs/common';
import type { SpendRecorder } from './application/spend-recorder.ts';

interface RouterProcessParts {
  messaging: Messaging;
  recorder: SpendRecorder;
  relay: OutboxRelay;
  /** Deletes the replies that are kept no longer. */
  sweepReplies: () => Promise<void>;
  logger: Logger;
  /** How long the end of the process may take. */
  shutdownMs: number;
}

const SWEEP_MS = 60_000;
/** Of the time for the end, what is left for closing when nothing more can be recorded. */
const CLOSING_MS = 2_000;

/** What goes on beside the requests: publishing events, forgetting old replies; and the good order of the end. */
export class RouterProcess implements OnModuleDestroy {
  readonly #parts: RouterProcessParts;
  readonly #sweeping: NodeJS.Timeout;

  constructor(parts: RouterProcessParts) {
    this.#parts = parts;
    parts.relay.start();
    this.#sweeping = setInterval(() => this.#sweep(), SWEEP_MS);
  }

  /** Calls under way are answered and recorded; the events that are left are published by another process. */
  async onModuleDestroy(): Promise<void> {
    const { messaging, recorder, relay, shutdownMs } = this.#parts;
    clearInterval(this.#sweeping);
    const giveUp = setTimeout(() => recorder.giveUp(), shutdownMs - CLOSING_MS);
    await messaging.stopAnswering();
    await recorder.idle();
    clearTimeout(giveUp);
    await relay.stop();
  }

  #sweep(): void {
    const { sweepReplies, logger } = this.#parts;
    sweepReplies().catch((error: unknown) => logger.warn({ err: error }, 'old replies could not be deleted'));
  }
}
