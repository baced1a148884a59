import { bootstrap } from '@aos/service-kit';
import { createLogger } from '@aos/telemetry';
import { apiGatewayConfigFromEnv } from './api-gateway.config.ts';
import { AppModule } from './app.module.ts';

const config = apiGatewayConfigFromEnv();
const logger = createLogger({ service: 'api-gateway', level: config.LOG_LEVEL });
const module = await AppModule.connect(config, logger);
await bootstrap({ name: 'api-gateway', config, logger, module });
