import type { Logger } from '@aos/telemetry';
import type { NatsConnection } from '@nats-io/nats-core';

/** Whether the server can be reached just now, and who must know when that changes. */
export class Link {
  readonly #whenLost = new Set<() => void>();
  readonly #whenBack = new Set<() => void>();
  readonly #logger: Logger;
  #isUp = true;

  constructor(connection: NatsConnection, logger: Logger) {
    this.#logger = logger;
    void this.#watch(connection);
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Answers the function that takes the callback back. */
  onLost(callback: () => void): () => void {
    this.#whenLost.add(callback);
    return () => this.#whenLost.delete(callback);
  }

  onBack(callback: () => void): () => void {
    this.#whenBack.add(callback);
    return () => this.#whenBack.delete(callback);
  }

  async #watch(connection: NatsConnection): Promise<void> {
    for await (const status of connection.status()) {
      if (status.type === 'disconnect') this.#lost('the connection to NATS was lost');
      else if (status.type === 'reconnect') this.#back();
      else if (status.type === 'error') this.#logger.error({ err: status.error }, 'NATS refused something');
    }
    this.#lost('the connection to NATS is closed');
  }

  #lost(message: string): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#logger.warn(message);
    this.#tell(this.#whenLost);
  }

  #back(): void {
    this.#isUp = true;
    this.#logger.info('connected to NATS again');
    this.#tell(this.#whenBack);
  }

  #tell(callbacks: ReadonlySet<() => void>): void {
    for (const callback of callbacks) {
      try {
        callback();
      } catch (error) {
        this.#logger.error({ err: error }, 'a change of the connection was not coped with');
      }
    }
  }
}
