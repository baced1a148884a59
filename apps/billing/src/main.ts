import { bootstrap } from '@aos/service-kit';
import { createLogger } from '@aos/telemetry';
import { AppModule } from './app.module.ts';
import { billingConfigFromEnv } from './billing.config.ts';

const config = billingConfigFromEnv();
const logger = createLogger({ service: 'billing', level: config.LOG_LEVEL });
const module = await AppModule.connect(config, logger);
await bootstrap({ name: 'billing', config, logger, module });
