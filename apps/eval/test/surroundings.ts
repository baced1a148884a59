import { randomUUID } from 'node:crypto';
import {
  cloudEvent,
  evalConfig,
  evaluationsGet,
  evaluationsStart,
  suitesList,
  suitesPut,
  type CloudEvent,
  type Command,
  type Evaluation,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
} from '@aos/contracts';
import { createPool, type Pool } from '@aos/database';
import { connectMessaging, type Messaging } from '@aos/messaging';
import { bootstrap, readConfig } from '@aos/service-kit';
import { createLogger, newTraceparent } from '@aos/telemetry';
import { startNats, testPostgres, waitUntil, type TestDatabase } from '@aos/testing';
import { AppModule } from '../src/app.module.ts';
import { FakeOrchestrator } from './fake-orchestrator.ts';

export const SILENT = createLogger({ service: 'test', level: 'silent' });

/** The service as it is, in this process. */
export interface RunningEval {
  url: string;
  /** A metric by the text before its value; 0 where it is not there. */
  metric(line: string): Promise<number>;
  close(): Promise<void>;
}

interface Parts {
  postgres: TestDatabase;
  nats: Awaited<ReturnType<typeof startNats>>;
  orchestrator: FakeOrchestrator;
  gateway: Messaging;
  watcher: Messaging;
  admin: Pool;
}

/** Eval's world: a database, a NATS, a stand-in for the orchestrator, and a gateway that asks. */
export class Surroundings {
  readonly #running: RunningEval[] = [];
  /** `evaluation.finished` as watchers see it. */
  readonly events: CloudEvent[] = [];

  private constructor(private readonly parts: Parts) {
    parts.watcher.subscribeCore('aos.live.v1.*.*.evaluation.>', ({ payload }) => {
      this.events.push(cloudEvent.parse(JSON.parse(payload)));
    });
  }

  static async start(): Promise<Surroundings> {
    const [postgres, nats] = await Promise.all([testPostgres(), startNats()]);
    const join = (service: string) =>
      connectMessaging({ url: nats.urlFor(service), service, logger: SILENT });
    const [gateway, watcher] = await Promise.all([join('api-gateway'), join('realtime')]);
    return new Surroundings({
      postgres,
      nats,
      gateway,
      watcher,
      orchestrator: await FakeOrchestrator.start(nats.urlFor('orchestrator')),
      admin: createPool({ url: postgres.adminUrl, applicationName: 'test', max: 2, logger: SILENT }),
    });
  }

  get orchestrator(): FakeOrchestrator {
    return this.parts.orchestrator;
  }

  /** Past row security. */
  get admin(): Pool {
    return this.parts.admin;
  }

  get postgres(): TestDatabase {
    return this.parts.postgres;
  }

  get nats(): Parts['nats'] {
    return this.parts.nats;
  }

  async startEval(env: Record<string, string> = {}): Promise<RunningEval> {
    const config = readConfig(evalConfig, {
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_URL: this.postgres.appUrl,
      DATABASE_SYSTEM_URL: this.postgres.systemUrl,
      NATS_URL: this.nats.urlFor('eval'),
      ...env,
    });
    const module = await AppModule.connect(config, SILENT);
    const app = await bootstrap({ name: 'eval', config, logger: SILENT, module });
    const url = await app.getUrl();
    const running = {
      url,
      metric: async (line: string) => {
        const text = await (await fetch(`${url}/metrics`)).text();
        const found = text.split('\n').find((candidate) => candidate.startsWith(`${line} `));
        return Number(found?.slice(line.length + 1) ?? 0);
      },
      close: () => app.close(),
    };
    this.#running.push(running);
    const isAnswering = async () => (await this.ask(suitesList, 'probe', { limit: 1 })).ok;
    await waitUntil(isAnswering, { what: 'eval answers' });
    return running;
  }

  /** Ends every process of eval. */
  async closeEvals(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((running) => running.close()));
  }

  ask<C extends Command>(
    command: C,
    tenantId: string,
    input: InputOf<C>,
  ): Promise<StructuredOutcome<OutputOf<C>>> {
    return this.parts.gateway.request(command, contextOf(tenantId), input);
  }

  /** What must be answered with a success. */
  async must<C extends Command>(command: C, tenantId: string, input: InputOf<C>): Promise<OutputOf<C>> {
    const outcome = await this.ask(command, tenantId, input);
    if (!outcome.ok) throw new Error(`${command.subject}: ${outcome.error.message}`);
    return outcome.value;
  }

  /** Puts the tasks as a suite and starts it. */
  async evaluate(tenantId: string, ...tasks: object[]): Promise<Evaluation> {
    const name = `suite-${randomUUID().slice(0, 8)}`;
    await this.must(suitesPut, tenantId, suitesPut.input.parse({ name, tasks }));
    return this.must(evaluationsStart, tenantId, { suite: name });
  }

  get(tenantId: string, evaluationId: string): Promise<Evaluation> {
    return this.must(evaluationsGet, tenantId, { evaluation_id: evaluationId });
  }

  /** The evaluation as soon as it has finished. */
  finished({ tenant_id: tenantId, evaluation_id: evaluationId }: Evaluation): Promise<Evaluation> {
    const look = async () => {
      const evaluation = await this.get(tenantId, evaluationId);
      return evaluation.status !== 'running' && evaluation;
    };
    return waitUntil(look, { what: 'the evaluation has finished' });
  }

  eventsOf({ evaluation_id: evaluationId }: Evaluation): CloudEvent[] {
    return this.events.filter(({ subject }) => subject === `evaluation/${evaluationId}`);
  }

  async stop(): Promise<void> {
    const { postgres, nats, orchestrator, gateway, watcher, admin } = this.parts;
    await this.closeEvals();
    await Promise.all([gateway.drain(), watcher.drain(), orchestrator.stop(), admin.end()]);
    await Promise.all([postgres.close(), nats.stop()]);
  }
}

function contextOf(tenantId: string): RequestContext {
  return {
    tenantId,
    actor: { id: 'key:test', level: 3 },
    requestId: randomUUID(),
    deadlineMs: Date.now() + 10_000,
    traceparent: newTraceparent(),
    signal: new AbortController().signal,
  };
}

/** A tenant nobody else uses. */
export const newTenant = (): string => `t-${randomUUID()}`;

/** A task that passes where its run gives `expected`. */
export function golden(name: string, expected: unknown = 42, more: object = {}): object {
  return {
    name,
    goal: `do ${name}`,
    assertions: [{ path: '/outcome/output', op: 'equals', value: expected }],
    ...more,
  };
}
