import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { orchestratorConfig } from '@aos/contracts';
import { bootstrap } from '@aos/service-kit';
import { createLogger } from '@aos/telemetry';
import type { TestDatabase } from '@aos/testing';
import { AppModule } from '../../src/app.module.ts';
import { keysFolder } from '../skills/skill-harness.ts';

export interface RunningOrchestrator {
  /** Of health and metrics. */
  url: string;
  /** As on SIGTERM. */
  close(): Promise<void>;
}

/** The service as it is, in this process. `log` gets every line. */
export async function startOrchestrator(
  database: Pick<TestDatabase, 'appUrl' | 'systemUrl'>,
  natsUrl: string,
  { env = {}, log }: { env?: Record<string, string>; log?: string[] } = {},
): Promise<RunningOrchestrator> {
  const config = orchestratorConfig.parse({
    ENV: 'test',
    DATABASE_URL: database.appUrl,
    DATABASE_SYSTEM_URL: database.systemUrl,
    NATS_URL: natsUrl,
    HOST: '127.0.0.1',
    PORT: '0',
    WEBHOOK_KEYS_PATH: keysFolder(),
    ARTIFACT_STORE: 'local',
    ARTIFACT_PATH: mkdtempSync(join(tmpdir(), 'aos-artifacts-')),
    ...env,
  });
  const write = (line: string): void => void log?.push(line);
  const logger = createLogger({ service: 'orchestrator', level: 'warn', destination: { write } });
  const module = await AppModule.connect(config, logger);
  const app = await bootstrap({ name: 'orchestrator', config, logger, module });
  return { url: await app.getUrl(), close: () => app.close() };
}
