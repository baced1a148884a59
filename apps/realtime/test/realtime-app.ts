import { realtimeConfig, type RealtimeConfig } from '@aos/contracts';
import { bootstrap } from '@aos/service-kit';
import { createLogger } from '@aos/telemetry';
import { AppModule } from '../src/app.module.ts';

export interface RunningRealtime {
  /** ws:// without a path. */
  url: string;
  httpUrl: string;
  metric(name: string): Promise<number>;
  close(): Promise<void>;
}

/** The service as it is, in this process, on a free port. */
export async function startRealtime(
  natsUrl: string,
  env: Partial<RealtimeConfig> = {},
): Promise<RunningRealtime> {
  const config = { ...realtimeConfig.parse({ NATS_URL: natsUrl, HOST: '127.0.0.1', PORT: '0' }), ...env };
  const logger = createLogger({ service: 'realtime', level: 'silent' });
  const module = await AppModule.connect(config, logger);
  const app = await bootstrap({ name: 'realtime', config, logger, module });
  const httpUrl = await app.getUrl();
  return {
    httpUrl,
    url: httpUrl.replace('http', 'ws'),
    metric: async (name) => {
      const text = await (await fetch(`${httpUrl}/metrics`)).text();
      const line = text.split('\n').find((candidate) => candidate.startsWith(name));
      return Number(line?.split(' ').at(-1) ?? Number.NaN);
    },
    close: () => app.close(),
  };
}
