import { bootstrap } from '@aos/service-kit';
import { createLogger } from '@aos/telemetry';
import { AppModule } from './app.module.ts';
import { realtimeConfigFromEnv } from './realtime.config.ts';

const config = realtimeConfigFromEnv();
const logger = createLogger({ service: 'realtime', level: config.LOG_LEVEL });
const module = await AppModule.connect(config, logger);
await bootstrap({ name: 'realtime', config, logger, module });
