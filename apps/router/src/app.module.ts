import { llmComplete, llmExport, type RouterConfig } from '@aos/contracts';
import { OutboxRelay, type OutgoingMessage } from '@aos/database';
import { METRICS, ServiceKitModule } from '@aos/service-kit';
import { answer, answerAnonymous } from '@aos/service-kit/answer';
import type { Logger, Registry } from '@aos/telemetry';
import { Module, type DynamicModule } from '@nestjs/common';
import { completeLlm } from './application/complete-llm.ts';
import { chooseModel } from './application/door/choose-model.ts';
import { callersCap } from './application/door/limits.ts';
import { openCall } from './application/door/open-call.ts';
import { exportCompleted } from './application/export-completed.ts';
import { KeyedCalls } from './application/keyed-calls.ts';
import type { FindProvider, LlmObserver } from './application/ports.ts';
import { SpendRecorder } from './application/spend-recorder.ts';
import { allModels } from './models/configured-models.ts';
import { openCallSpan } from './outbound/call-span.ts';
import { systemClock as clock } from './outbound/clock.ts';
import { Connections } from './outbound/connections.ts';
import { llmObserver } from './outbound/llm-observer.ts';
import { openProviders } from './outbound/providers/open-providers.ts';
import { repliesRepository, sweepReplies } from './outbound/replies.repository.ts';
import { spendRepository } from './outbound/spend.repository.ts';
import { RouterProcess } from './router-process.ts';

interface Parts {
  config: RouterConfig;
  logger: Logger;
  connections: Connections;
  findProvider: FindProvider;
}

/** The router service: which command is answered by which use case. */
@Module({})
export class AppModule {
  static async connect(config: RouterConfig, logger: Logger): Promise<DynamicModule> {
    const { findProvider, probe } = openProviders(config, logger);
    const connections = await Connections.open(config, logger);
    const parts: Parts = { config, logger, connections, findProvider };
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

function startRouter({ config, logger, connections, findProvider }: Parts, observer: LlmObserver) {
  const { messaging, database, systemPool } = connections;
  const spends = spendRepository(database, systemPool);
  const publish = (messages: OutgoingMessage[]) => messaging.publishEvents(messages);
  const relay = new OutboxRelay({ pool: systemPool, schema: 'router', publish, logger });
  const recorder = new SpendRecorder({ spends, clock, observer, onRecorded: () => relay.kick() });
  const models = allModels(config.LLM_PROVIDERS);
  const choose = chooseModel({ models, defaultModel: config.DEFAULT_LLM_MODEL, clock, observer });
  const timeoutMs = config.LLM_TIMEOUT_SECONDS * 1_000;
  const open = openCall({ limits: callersCap, clock, observer, openSpan: openCallSpan, timeoutMs });
  const keyedCalls = new KeyedCalls({ replies: repliesRepository(database), clock, observer });
  answer(
    messaging,
    llmComplete,
    completeLlm({ choose, open, findProvider, keyedCalls, recorder, spends, clock }),
  );
  answerAnonymous(messaging, llmExport, exportCompleted(spends));
  const sweep = () => sweepReplies(systemPool);
  const shutdownMs = config.SHUTDOWN_TIMEOUT_SECONDS * 1_000;
  return new RouterProcess({ messaging, recorder, relay, sweepReplies: sweep, logger, shutdownMs });
}
