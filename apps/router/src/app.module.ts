import { llmComplete, llmExport, type RouterConfig } from '@aos/contracts';
import { OutboxRelay, type OutgoingMessage } from '@aos/database';
import { METRICS, ServiceKitModule } from '@aos/service-kit';
import { answer, answerAnonymous } from '@aos/service-kit/answer';
import type { Logger, Registry } from '@aos/telemetry';
import { Module, type DynamicModule } from '@nestjs/common';
import { completeLlm } from './application/complete-llm.ts';
import { exportCompleted } from './application/export-completed.ts';
import { KeyedCalls } from './application/keyed-calls.ts';
import type { LlmObserver, Provider } from './application/ports.ts';
import { SpendRecorder } from './application/spend-recorder.ts';
import { MODELS } from './models.ts';
import { systemClock as clock } from './outbound/clock.ts';
import { Connections } from './outbound/connections.ts';
import { llmObserver } from './outbound/llm-observer.ts';
import { openProvider } from './outbound/open-provider.ts';
import { repliesRepository, sweepReplies } from './outbound/replies.repository.ts';
import { spendRepository } from './outbound/spend.repository.ts';
import { RouterProcess } from './router-process.ts';

interface Parts {
  config: RouterConfig;
  logger: Logger;
  connections: Connections;
  provider: Provider;
}

/** The router service: which command is answered by which use case. */
@Module({})
export class AppModule {
  static async connect(config: RouterConfig, logger: Logger): Promise<DynamicModule> {
    const { provider, probe } = openProvider(config, logger);
    const connections = await Connections.open(config, logger);
    const parts: Parts = { config, logger, connections, provider };
    const probes = [...connections.probes(), probe];
    return {
      module: AppModule,
      imports: [ServiceKitModule.forRoot({ name: 'router', config, logger, probes })],
      providers: [
        { provide: Connections, useValue: connections },
        {
          provide: RouterProcess,
          inject: [METRICS],
          useFactory: (metrics: Registry) => startRouter(parts, llmObserver(metrics, logger)),
        },
      ],
    };
  }
}

function startRouter({ config, logger, connections, provider }: Parts, observer: LlmObserver): RouterProcess {
  const { messaging, database, systemPool } = connections;
  const spends = spendRepository(database, systemPool);
  const publish = (messages: OutgoingMessage[]) => messaging.publishEvents(messages);
  const relay = new OutboxRelay({ pool: systemPool, schema: 'router', publish, logger });
  const recorder = new SpendRecorder({ spends, clock, observer, onRecorded: () => relay.kick() });
  const complete = completeLlm({
    models: MODELS,
    defaultModel: config.DEFAULT_LLM_MODEL,
    timeoutMs: config.LLM_TIMEOUT_SECONDS * 1_000,
    keyedCalls: new KeyedCalls({ replies: repliesRepository(database), clock, observer }),
    spends,
    provider,
    recorder,
    clock,
    observer,
  });
  answer(messaging, llmComplete, complete);
  answerAnonymous(messaging, llmExport, exportCompleted(spends));
  const sweep = () => sweepReplies(systemPool);
  const shutdownMs = config.SHUTDOWN_TIMEOUT_SECONDS * 1_000;
  return new RouterProcess({ messaging, recorder, relay, sweepReplies: sweep, logger, shutdownMs });
}
