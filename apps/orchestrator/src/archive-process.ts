import type { OrchestratorConfig } from '@aos/contracts';
import { createPool, type Pool } from '@aos/database';
import type { Logger, Registry } from '@aos/telemetry';
import type { OnModuleDestroy } from '@nestjs/common';
import type { ArchiveStore } from './application/archive/archive-store.ts';
import { JournalArchivist } from './application/archive/journal-archivist.ts';
import { archiveLedgerRepository } from './outbound/archive/archive-ledger.repository.ts';
import { archiveMetrics, archiveObserver } from './outbound/archive/archive-observer.ts';
import { systemClock } from './outbound/clock.ts';
import { cloudEventOf } from './outbound/event.publisher.ts';

interface ArchiveProcessParts {
  config: OrchestratorConfig;
  logger: Logger;
  timeline: number;
  archives: ArchiveStore;
  metrics: Registry;
}

const INTERVAL_MS = 3_600_000;
/** One for the lock and one for the work. */
const CONNECTIONS = 2;

/**
 * The chore beside the engine: at the start and once an hour old days leave the journal. What is to be done stands in
 * Postgres, and a lock there lets one process do it, so a plain interval in each is enough.
 */
export class ArchiveProcess implements OnModuleDestroy {
  readonly #pool: Pool;
  readonly #archivist: JournalArchivist;
  readonly #logger: Logger;
  readonly #stopped = new AbortController();
  readonly #loop: Promise<void>;
  #wanted = new AbortController();

  constructor({ config, logger, timeline, archives, metrics }: ArchiveProcessParts) {
    this.#logger = logger;
    this.#pool = createPool({
      url: config.DATABASE_SYSTEM_URL,
      applicationName: 'aos-orchestrator-archive',
      max: CONNECTIONS,
      logger,
    });
    this.#archivist = new JournalArchivist({
      ledger: archiveLedgerRepository(this.#pool),
      store: archives,
      toCloudEvent: (row) => cloudEventOf(row, timeline),
      clock: systemClock,
      observer: archiveObserver(logger),
      retention: {
        offloadAfterDays: config.CHECKPOINT_OFFLOAD_OLDER_THAN_DAYS,
        maxRetries: config.CHECKPOINT_OFFLOAD_MAX_RETRIES,
        keepJournalDays: config.CHECKPOINT_RETENTION_DAYS,
        keepRunsDays: config.RUN_RETENTION_DAYS,
        keepKeysHours: config.IDEMPOTENCY_TTL_HOURS,
      },
    });
    archiveMetrics(metrics, this.#pool);
    this.#loop = this.#run();
  }

  /** Looks at old days at once, after the look that is under way. */
  look(): void {
    this.#wanted.abort();
  }

  async onModuleDestroy(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
    await this.#pool.end();
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      this.#wanted = new AbortController();
      await this.#archivist.pass(signal).catch((error: unknown) => {
        this.#logger.warn({ err: error }, 'archiving old days failed and will be tried again');
      });
      await systemClock.sleep(INTERVAL_MS, AbortSignal.any([signal, this.#wanted.signal]));
    }
  }
}
