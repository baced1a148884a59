import { llmComplete, llmExport, type RouterConfig } from '@aos/contracts';
import { OutboxRelay, type OutgoingMessage } from '@aos/database';
import { METRICS, ServiceKitModule } from '@aos/service-kit';
import { answer, answerAnonymous } from '@aos/service-kit/answer';
import type { Logger, Registry } from '@aos/telemetry';
import { Module, type DynamicModule } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { completeLlm } from './application/complete-llm.ts';
import { chooseModel } from './application/door/choose-model.ts';
import { callersCap } from './application/door/limits.ts';
import { openCall } from './application/door/open-call.ts';
import { exportCompleted } from './application/export-completed.ts';
import { KeyedCalls } from './application/keyed-calls.ts';
import { passCall } from './application/pass/pass-call.ts';
import type { FindProvider, LlmObserver } from './application/ports.ts';
import { SpendRecorder } from './application/spend-recorder.ts';
import { PublicApi } from './inbound/http/public-api.ts';
import { allModels } from './models/configured-models.ts';
import { openCallSpan } from './outbound/call-span.ts';
import { systemClock as clock } from './outbound/clock.ts';
import { Connections } from './outbound/connections.ts';
import { KnownKeys } from './outbound/known-keys.ts';
import { llmObserver } from './outbound/llm-observer.ts';
import { openProviders } from './outbound/providers/open-providers.ts';
import { providerAccesses, type NamedAccess } from './outbound/providers/provider-accesses.ts';
import { repliesRepository, sweepReplies } from './outbound/replies.repository.ts';
import { spendRepository } from './outbound/spend.repository.ts';
import { UpstreamClient } from './outbound/upstream/upstream.client.ts';
import { RouterProcess } from './router-process.ts';

interface Parts {
  config: RouterConfig;
  logger: Logger;
  connections: Connections;
  findProvider: FindProvider;
  accesses: readonly NamedAccess[];
}

/** Injection token of the door: both ways in share it. */
const DOOR = Symbol('router.door');

/** The router service: which command is answered by which use case. */
@Module({})
export class AppModule {
  static async connect(config: RouterConfig, logger: Logger): Promise<DynamicModule> {
    const accesses = providerAccesses(config);
    const { findProvider, probe } = openProviders(accesses, logger);
    const connections = await Connections.open(config, logger);
    const parts: Parts = { config, logger, connections, findProvider, accesses };
    const probes = [...connections.probes(), probe];
    return {
      module: AppModule,
      imports: [ServiceKitModule.forRoot({ name: 'router', config, logger, probes })],
      providers: [
        { provide: Connections, useValue: connections },
        {
          provide: DOOR,
          inject: [METRICS],
          useFactory: (metrics: Registry) => openDoor(parts, llmObserver(metrics, logger)),
        },
        { provide: RouterProcess, inject: [DOOR], useFactory: (door: Door) => answerServices(parts, door) },
        {
          provide: PublicApi,
          inject: [HttpAdapterHost, DOOR],
          useFactory: (host: HttpAdapterHost, door: Door) => answerClients(parts, door, host),
        },
      ],
    };
  }
}

/** The way that every call of a model takes. */
function openDoor({ config, logger, connections }: Parts, observer: LlmObserver) {
  const { messaging, database, systemPool } = connections;
  const spends = spendRepository(database, systemPool);
  const publish = (messages: OutgoingMessage[]) => messaging.publishEvents(messages);
  const relay = new OutboxRelay({ pool: systemPool, schema: 'router', publish, logger });
  const recorder = new SpendRecorder({ spends, clock, observer, onRecorded: () => relay.kick() });
  const models = allModels(config.LLM_PROVIDERS);
  const choose = chooseModel({ models, defaultModel: config.DEFAULT_LLM_MODEL, clock, observer });
  const timeoutMs = config.LLM_TIMEOUT_SECONDS * 1_000;
  const open = openCall({ limits: callersCap, clock, observer, openSpan: openCallSpan, timeoutMs });
  return { choose, open, recorder, relay, spends, observer, models, timeoutMs };
}

type Door = ReturnType<typeof openDoor>;

/** Commands over NATS. */
function answerServices({ config, logger, connections, findProvider }: Parts, door: Door): RouterProcess {
  const { messaging, database, systemPool } = connections;
  const { observer, recorder, relay, spends } = door;
  const keyedCalls = new KeyedCalls({ replies: repliesRepository(database), clock, observer });
  answer(messaging, llmComplete, completeLlm({ ...door, findProvider, keyedCalls, clock }));
  answerAnonymous(messaging, llmExport, exportCompleted(spends));
  const sweep = () => sweepReplies(systemPool);
  const shutdownMs = config.SHUTDOWN_TIMEOUT_SECONDS * 1_000;
  return new RouterProcess({ messaging, recorder, relay, sweepReplies: sweep, logger, shutdownMs });
}

/** The public endpoints over HTTP. */
function answerClients({ logger, connections, accesses }: Parts, door: Door, host: HttpAdapterHost) {
  const dialects = new Map(accesses.map(({ name, dialect }) => [name, dialect]));
  const dialectOf = (provider: string) => dialects.get(provider);
  const upstream = new UpstreamClient(accesses);
  const pass = passCall({ ...door, upstream, dialectOf, clock });
  const models = door.models.filter(({ provider }) => dialects.has(provider));
  const keys = new KnownKeys(connections.messaging);
  return new PublicApi(host, { keys, pass, models, upstream, logger });
}
