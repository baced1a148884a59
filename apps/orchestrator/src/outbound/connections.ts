import type { OrchestratorConfig } from '@aos/contracts';
import { createPool, type Pool } from '@aos/database';
import { orchestratorDatabase, type OrchestratorDatabase } from '@aos/database/orchestrator';
import { connectMessaging, type Messaging } from '@aos/messaging';
import type { HealthProbe } from '@aos/service-kit';
import type { Logger } from '@aos/telemetry';

/** A process that is stopped within a submit gives its locks up about when its lease ends. */
const IDLE_IN_TRANSACTION_MS = 10_000;
const ENGINE_CONNECTIONS = 8;
const REQUEST_CONNECTIONS = 10;

/** What the orchestrator is connected to. */
export class Connections {
  private constructor(
    readonly messaging: Messaging,
    /** Requests: login aos_app. */
    readonly database: OrchestratorDatabase,
    /** The engine: login aos_engine. */
    readonly enginePool: Pool,
    /** Which life of the database this is: a part of every message id. */
    readonly timeline: number,
  ) {}

  static async open(config: OrchestratorConfig, logger: Logger): Promise<Connections> {
    const application = 'aos-orchestrator';
    const enginePool = createPool({
      url: config.DATABASE_SYSTEM_URL,
      applicationName: `${application}-engine`,
      max: ENGINE_CONNECTIONS,
      logger,
      idleInTransactionMs: IDLE_IN_TRANSACTION_MS,
      isPipelined: true,
    });
    const { rows } = await enginePool.query<{ timeline: number }>(
      'select timeline from orchestrator.timeline',
    );
    const requestPool = createPool({
      url: config.DATABASE_URL,
      applicationName: application,
      max: REQUEST_CONNECTIONS,
      logger,
    });
    const messaging = await connectMessaging({ url: config.NATS_URL, service: 'orchestrator', logger });
    return new Connections(messaging, orchestratorDatabase(requestPool), enginePool, rows[0]?.timeline ?? 1);
  }

  probes(): HealthProbe[] {
    const { messaging, database, enginePool } = this;
    return [
      {
        name: 'database',
        critical: true,
        check: async () => {
          await Promise.all([database.ping(), enginePool.query('select 1')]);
        },
      },
      {
        name: 'nats',
        critical: true,
        check: async () => {
          await messaging.roundTripMs();
        },
      },
    ];
  }

  async queueDepth(): Promise<number> {
    const { rows } = await this.enginePool.query<{ depth: string }>(
      'select count(*) as depth from orchestrator.run_queue',
    );
    return Number(rows[0]?.depth ?? 0);
  }

  async close(): Promise<void> {
    await this.database.close();
    await this.enginePool.end();
  }
}
