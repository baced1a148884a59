import { deadLetterSubject, type ConsumerDefinition } from '@aos/contracts';
import type { Logger } from '@aos/telemetry';
import type { Delivery, PullSource } from './pull.ts';
import type { StreamPublisher } from './publisher.ts';

/** What came of handling a message: `retry` has it delivered again, `poison` never. */
export type Handled = 'done' | { retry: string } | { poison: string };

interface ConsumeOptions {
  /** Called once per delivery; a rejection is a retry. */
  handle: (delivery: Delivery) => Promise<Handled>;
  concurrency: number;
}

interface ConsumerParts {
  source: PullSource;
  publisher: StreamPublisher;
  definition: ConsumerDefinition;
  logger: Logger;
}

const PULL_WAIT_MS = 5_000;
const RETRY_DELAY_MS_MAX = 60_000;

/**
 * Reads a durable consumer until drained: acks what is done, has failures delivered again with growing delay, moves to
 * the dead letters what never succeeds. At least once: handlers record the event id with their effect.
 */
export class DurableConsumer {
  readonly #parts: ConsumerParts;
  readonly #options: ConsumeOptions;
  readonly #stopped = new AbortController();
  readonly #loops: Promise<void>[];

  constructor(parts: ConsumerParts, options: ConsumeOptions) {
    this.#parts = parts;
    this.#options = options;
    this.#loops = Array.from({ length: options.concurrency }, () => this.#loop());
  }

  /** Takes nothing new and resolves when what is under way is handled. */
  async drain(): Promise<void> {
    this.#stopped.abort();
    await Promise.all(this.#loops);
  }

  async #loop(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const startedMs = performance.now();
      const deliveries = await this.#parts.source.fetch(1, {
        waitMs: PULL_WAIT_MS,
        signal: this.#stopped.signal,
      });
      for (const delivery of deliveries) await this.#handle(delivery);
      // A pull that ends at once without a message: the server is not there, or the consumer is not.
      if (deliveries.length === 0 && performance.now() - startedMs < 100)
        await pause(500, this.#stopped.signal);
    }
  }

  async #handle(delivery: Delivery): Promise<void> {
    const working = setInterval(() => delivery.working(), this.#parts.definition.ackWaitMs / 3);
    try {
      const handled = await this.#options.handle(delivery).catch((error: unknown) => this.#failed(error));
      if (handled === 'done') delivery.ack();
      else if ('poison' in handled) await this.#bury(delivery, handled.poison);
      else await this.#retry(delivery, handled.retry);
    } finally {
      clearInterval(working);
    }
  }

  #failed(error: unknown): Handled {
    this.#parts.logger.error(
      { err: error, consumer: this.#parts.definition.name },
      'handling a message failed',
    );
    return { retry: error instanceof Error ? error.message : String(error) };
  }

  async #retry(delivery: Delivery, reason: string): Promise<void> {
    const { maxDeliver } = this.#parts.definition;
    if (maxDeliver > 0 && delivery.deliveries >= maxDeliver) return this.#bury(delivery, reason);
    delivery.nak(Math.min(100 * 2 ** delivery.deliveries, RETRY_DELAY_MS_MAX));
  }

  /** First stored among the dead letters, then ended: a crash in between stores it twice, never loses it. */
  async #bury(delivery: Delivery, reason: string): Promise<void> {
    const { publisher, definition, logger } = this.#parts;
    const letter = {
      subject: delivery.subject,
      reason,
      deliveries: delivery.deliveries,
      payload: delivery.payload,
    };
    try {
      await publisher.publish([
        { subject: deadLetterSubject(definition), id: undefined, payload: JSON.stringify(letter) },
      ]);
      delivery.term(reason);
      logger.error(
        { consumer: definition.name, subject: delivery.subject, reason },
        'a message went to the dead letters',
      );
    } catch (error) {
      logger.error({ err: error, consumer: definition.name }, 'the dead letters could not be reached');
      delivery.nak(RETRY_DELAY_MS_MAX);
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
    signal.addEventListener('abort', done, { once: true });
  });
}
