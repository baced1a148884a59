import { bootstrap } from '@aos/service-kit';
import { createLogger } from '@aos/telemetry';
import { AppModule } from './app.module.ts';
import { orchestratorConfigFromEnv } from './orchestrator.config.ts';

const config = orchestratorConfigFromEnv();
const logger = createLogger({ service: 'orchestrator', level: config.LOG_LEVEL });
const module = await AppModule.connect(config, logger);
await bootstrap({ name: 'orchestrator', config, logger, module });
