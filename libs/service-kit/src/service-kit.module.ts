import type { Logger } from '@aos/telemetry';
import { Module, type DynamicModule } from '@nestjs/common';
import type { HealthProbe } from './health/health-probe.ts';
import type { ServiceConfig } from './service-config.ts';
import { LOGGER } from './tokens.ts';

export interface ServiceKitOptions {
  name: string;
  config: ServiceConfig;
  logger: Logger;
  probes: HealthProbe[];
}

/** Global: LOGGER, METRICS, the health endpoints and /metrics. */
@Module({})
export class ServiceKitModule {
  static forRoot(options: ServiceKitOptions): DynamicModule {
    return {
      module: ServiceKitModule,
      global: true,
      providers: [{ provide: LOGGER, useValue: options.logger }],
      exports: [LOGGER],
    };
  }
}
