import { apiGatewayConfig } from '@aos/contracts';
import { bootstrap, readConfig } from '@aos/service-kit';
import { createLogger } from '@aos/telemetry';
import { Writable } from 'node:stream';
import { AppModule } from '../src/app.module.ts';

/** Level 5, all tenants. */
export const BOOTSTRAP_KEY = 'bootstrap-key-of-the-tests';

export interface Gateway {
  url: string;
  /** The lines it logged. */
  logs: string[];
  close(): Promise<void>;
}

/** The gateway, whole, in this process, on a free port. */
export async function startGateway(env: Record<string, string>): Promise<Gateway> {
  const config = readConfig(apiGatewayConfig, {
    HOST: '127.0.0.1',
    PORT: '0',
    AOS_API_KEY: BOOTSTRAP_KEY,
    HEALTH_CHECK_TIMEOUT_SECONDS: '2',
    ...env,
  });
  const logs: string[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logs.push(chunk.toString());
      done();
    },
  });
  const logger = createLogger({ service: 'api-gateway', level: 'info', destination });
  const module = await AppModule.connect(config, logger);
  const app = await bootstrap({ name: 'api-gateway', config, logger, module });
  return { url: await app.getUrl(), logs, close: () => app.close() };
}
