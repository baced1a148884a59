import type { EvalConfig } from '@aos/contracts';
import { createPool, sqlTenantDatabase, type Pool, type SqlTenantDatabase } from '@aos/database';
import { connectMessaging, type Messaging } from '@aos/messaging';
import type { HealthProbe } from '@aos/service-kit';
import type { Logger } from '@aos/telemetry';

/** What eval is connected to. */
export class Connections {
  /** Transactions on the system pool. */
  readonly systemDatabase: SqlTenantDatabase;

  private constructor(
    readonly messaging: Messaging,
    /** Requests: login aos_app, a tenant at a time. */
    readonly database: SqlTenantDatabase,
    /** Work for all tenants: login aos_engine. */
    readonly systemPool: Pool,
  ) {
    this.systemDatabase = sqlTenantDatabase(systemPool);
  }

  static async open(config: EvalConfig, logger: Logger): Promise<Connections> {
    const application = 'aos-eval';
    const pool = createPool({ url: config.DATABASE_URL, applicationName: application, max: 10, logger });
    const systemPool = createPool({
      url: config.DATABASE_SYSTEM_URL,
      applicationName: `${application}-system`,
      max: 8,
      logger,
    });
    const messaging = await connectMessaging({ url: config.NATS_URL, service: 'eval', logger });
    return new Connections(messaging, sqlTenantDatabase(pool), systemPool);
  }

  probes(): HealthProbe[] {
    const { messaging, database, systemPool } = this;
    return [
      {
        name: 'database',
        critical: true,
        check: async () => {
          await Promise.all([database.ping(), systemPool.query('select 1')]);
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

  async close(): Promise<void> {
    await this.messaging.drain();
    await this.database.close();
    await this.systemPool.end();
  }
}
