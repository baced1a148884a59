import { bootstrap } from '@aos/service-kit';
import { createLogger } from '@aos/telemetry';
import { AppModule } from './app.module.ts';
import { routerConfigFromEnv } from './router.config.ts';

const config = routerConfigFromEnv();
const logger = createLogger({ service: 'router', level: config.LOG_LEVEL });
const module = await AppModule.connect(config, logger);
await bootstrap({ name: 'router', config, logger, module });
