import { Writable } from 'node:stream';
import { routerConfig } from '@aos/contracts';
import { migrate } from '@aos/database';
import { bootstrap, readConfig } from '@aos/service-kit';
import { createLogger } from '@aos/telemetry';
import type { startPostgres } from '@aos/testing';
import { AppModule } from '../src/app.module.ts';

export interface Router {
  url: string;
  /** The lines it logged. */
  logs: string[];
  close(): Promise<void>;
}

/** The service, whole, in this process, on a free port. */
export async function startRouter(env: Record<string, string>): Promise<Router> {
  const config = readConfig(routerConfig, { HOST: '127.0.0.1', PORT: '0', ENV: 'test', ...env });
  const logs: string[] = [];
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      logs.push(chunk.toString());
      done();
    },
  });
  const logger = createLogger({ service: 'router', level: 'debug', destination });
  const module = await AppModule.connect(config, logger);
  const app = await bootstrap({ name: 'router', config, logger, module });
  return { url: await app.getUrl(), logs, close: () => app.close() };
}

type Postgres = Awaited<ReturnType<typeof startPostgres>>;

/** The settings for a server of this test's own, which it may kill. */
export async function migratedUrls({ adminUrl }: Postgres) {
  const urlOf = (user: string): string => {
    const url = new URL(adminUrl);
    url.username = user;
    url.password = `local-${user}`;
    return url.href;
  };
  const [appUrl, systemUrl] = [urlOf('aos_app'), urlOf('aos_engine')];
  const logger = createLogger({ service: 'test', level: 'silent' });
  await migrate({ directUrl: adminUrl, appUrl, systemUrl, logger });
  return { DATABASE_URL: appUrl, DATABASE_SYSTEM_URL: systemUrl };
}
