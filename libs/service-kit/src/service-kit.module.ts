import { createMetrics, type Logger } from '@aos/telemetry';
import { Module, type DynamicModule } from '@nestjs/common';
import { HealthChecks } from './health/health-checks.ts';
import type { HealthProbe } from './health/health-probe.ts';
import { HealthController } from './health/health.controller.ts';
import { MetricsController } from './health/metrics.controller.ts';
import type { ServiceConfig } from './service-config.ts';
import { LOGGER, METRICS } from './tokens.ts';
import { Traffic } from './traffic.ts';

export interface ServiceKitOptions {
  /** Name of the service. */
  name: string;
  config: ServiceConfig;
  logger: Logger;
  /** More can be given later to the injected HealthChecks. */
  probes: HealthProbe[];
}

/** Global: LOGGER, METRICS, HealthChecks, the health endpoints and /metrics. Every service has it once. */
@Module({})
export class ServiceKitModule {
  static forRoot({ config, logger, probes }: ServiceKitOptions): DynamicModule {
    const timeoutMs = config.HEALTH_CHECK_TIMEOUT_SECONDS * 1000;
    return {
      module: ServiceKitModule,
      global: true,
      controllers: [HealthController, MetricsController],
      providers: [
        { provide: LOGGER, useValue: logger },
        { provide: METRICS, useFactory: createMetrics },
        { provide: HealthChecks, useValue: new HealthChecks(probes, timeoutMs, logger) },
        Traffic,
      ],
      exports: [LOGGER, METRICS, HealthChecks, Traffic],
    };
  }
}
