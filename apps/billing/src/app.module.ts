import type { BillingConfig } from '@aos/contracts';
import { ServiceKitModule } from '@aos/service-kit';
import type { Logger } from '@aos/telemetry';
import { Module, type DynamicModule } from '@nestjs/common';
import { Connections } from './outbound/connections.ts';

/** The billing service: which command is answered by which use case. */
@Module({})
export class AppModule {
  static async connect(config: BillingConfig, logger: Logger): Promise<DynamicModule> {
    const connections = await Connections.open(config, logger);
    return {
      module: AppModule,
      imports: [ServiceKitModule.forRoot({ name: 'billing', config, logger, probes: connections.probes() })],
      providers: [{ provide: Connections, useValue: connections }],
    };
  }
}
