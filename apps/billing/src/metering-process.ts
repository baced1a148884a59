import type { Logger } from '@aos/telemetry';
import type { OnModuleDestroy } from '@nestjs/common';
import type { UsageObserver } from './application/ports.ts';
import { reconcileUsage } from './application/reconcile-usage.ts';
import { repeatReconciliation } from './application/repeat-reconciliation.ts';
import { UsageCounter } from './application/usage-counter.ts';
import { USAGE_SOURCES, type UsageSource } from './application/usage-source.ts';
import { subscribeUsage } from './inbound/usage.subscriber.ts';
import type { Connections } from './outbound/connections.ts';
import { recordsClient } from './outbound/records.client.ts';
import { usageLedger } from './outbound/usage-ledger.repository.ts';
import { watermarksRepository } from './outbound/watermarks.repository.ts';

interface MeteringParts {
  connections: Connections;
  observer: UsageObserver;
  logger: Logger;
  reconcileEveryMs: number;
}

/** Metering in this process: each source by its stream, and compared with its owner's records. */
export class MeteringProcess implements OnModuleDestroy {
  readonly #draining = new AbortController();
  readonly #counter: UsageCounter;
  readonly #reconciliations: Promise<void>[];

  constructor(parts: MeteringParts) {
    const { messaging, systemPool } = parts.connections;
    const draining = this.#draining.signal;
    this.#counter = new UsageCounter(usageLedger(systemPool));
    for (const source of USAGE_SOURCES) {
      subscribeUsage({ messaging, counter: this.#counter, observer: parts.observer, draining }, source);
    }
    this.#reconciliations = USAGE_SOURCES.map((source) => this.#keepReconciled(parts, source));
  }

  /** What is being counted is counted to its end when the connections are closed. */
  async onModuleDestroy(): Promise<void> {
    this.#draining.abort();
    await Promise.all(this.#reconciliations);
  }

  #keepReconciled(parts: MeteringParts, source: UsageSource): Promise<void> {
    const { connections, observer, reconcileEveryMs: everyMs } = parts;
    const logger = parts.logger.child({ source: source.name });
    const watermarks = watermarksRepository(connections.systemPool);
    const reconcile = reconcileUsage(
      { counter: this.#counter, watermarks, observer, logger, now: Date.now },
      { source, readRecords: recordsClient(connections.messaging, source) },
    );
    return repeatReconciliation({ reconcile, everyMs, logger }, this.#draining.signal);
  }
}
