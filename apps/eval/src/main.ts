import { bootstrap } from '@aos/service-kit';
import { createLogger } from '@aos/telemetry';
import { AppModule } from './app.module.ts';
import { evalConfigFromEnv } from './eval.config.ts';

const config = evalConfigFromEnv();
const logger = createLogger({ service: 'eval', level: config.LOG_LEVEL });
const module = await AppModule.connect(config, logger);
await bootstrap({ name: 'eval', config, logger, module });
