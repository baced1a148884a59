import type { RealtimeConfig } from '@aos/contracts';
import { METRICS, ServiceKitModule, Traffic } from '@aos/service-kit';
import type { Logger, Registry } from '@aos/telemetry';
import { Module, type DynamicModule } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { TopicRegistry } from './application/topic-registry.ts';
import { StreamController } from './inbound/stream.controller.ts';
import { StreamServer, type HttpHost, type StreamSources } from './inbound/stream.server.ts';
import { Connections } from './outbound/connections.ts';
import { CredentialsClient } from './outbound/credentials.client.ts';
import { LiveEventsClient } from './outbound/live-events.client.ts';
import { RunJournalClient } from './outbound/run-journal.client.ts';
import { streamMetrics } from './inbound/stream-metrics.ts';

/**
 * Shows watchers their runs over `/v1/stream`. Credentials are checked by `gateway.auth.verify.v1`, history is
 * read by `orchestrator.runs.events.v1`, live events come from `aos.live.v1`.
 */
@Module({})
export class AppModule {
  static async connect(config: RealtimeConfig, logger: Logger): Promise<DynamicModule> {
    const connections = await Connections.open(config, logger);
    const { messaging } = connections;
    const journal = new RunJournalClient(messaging);
    const live = new LiveEventsClient(messaging, logger);
    const topics = new TopicRegistry({ journal, live, logger });
    messaging.onReconnect(() => topics.fillAll());
    const sources: StreamSources = {
      topics,
      journal,
      logger,
      credentials: new CredentialsClient(messaging),
      onKeyRevoked: (onKey) => live.onKeyRevoked(onKey),
    };
    return {
      module: AppModule,
      imports: [ServiceKitModule.forRoot({ name: 'realtime', config, logger, probes: connections.probes() })],
      controllers: [StreamController],
      providers: [
        { provide: Connections, useValue: connections },
        {
          provide: StreamServer,
          inject: [HttpAdapterHost, METRICS, Traffic],
          useFactory: (host: HttpHost, registry: Registry, traffic: Traffic) =>
            new StreamServer({ host, traffic, config, metrics: streamMetrics(registry) }, sources),
        },
      ],
    };
  }
}
