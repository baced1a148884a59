import { usageGet, type BillingConfig } from '@aos/contracts';
import { METRICS, ServiceKitModule } from '@aos/service-kit';
import type { Logger, Registry } from '@aos/telemetry';
import { Module, type DynamicModule } from '@nestjs/common';
import { getUsage } from './application/get-usage.ts';
import { MeteringProcess } from './metering-process.ts';
import { Connections } from './outbound/connections.ts';
import { databaseOutcome } from './outbound/database-outcome.ts';
import { usageMetrics } from './outbound/usage-metrics.ts';
import { usageRepository } from './outbound/usage.repository.ts';

const MINUTE_MS = 60_000;

/** The billing service: which command is answered by which use case, and metering beside them. */
@Module({})
export class AppModule {
  static async connect(config: BillingConfig, logger: Logger): Promise<DynamicModule> {
    const connections = await Connections.open(config, logger);
    const startMetering = (metrics: Registry): MeteringProcess => {
      answerCommands(connections);
      return new MeteringProcess({
        connections,
        observer: usageMetrics(metrics),
        logger,
        reconcileEveryMs: config.USAGE_RECONCILE_MINUTES * MINUTE_MS,
      });
    };
    return {
      module: AppModule,
      imports: [ServiceKitModule.forRoot({ name: 'billing', config, logger, probes: connections.probes() })],
      providers: [
        { provide: Connections, useValue: connections },
        { provide: MeteringProcess, inject: [METRICS], useFactory: startMetering },
      ],
    };
  }
}

function answerCommands({ messaging, database }: Connections): void {
  const read = getUsage(usageRepository(database), Date.now);
  messaging.answer(usageGet, (context, input) => databaseOutcome(() => read(context, input)));
}
