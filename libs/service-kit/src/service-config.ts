import type { orchestratorConfig, TracingConfig } from '@aos/contracts';
import type { z } from 'zod';

/** The variables that the kit itself reads; every service's schema has them. */
export type ServiceConfig = TracingConfig &
  Pick<
    z.output<typeof orchestratorConfig>,
    'ENV' | 'LOG_LEVEL' | 'HOST' | 'PORT' | 'HEALTH_CHECK_TIMEOUT_SECONDS' | 'SHUTDOWN_TIMEOUT_SECONDS'
  >;
