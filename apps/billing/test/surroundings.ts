import {
  billingConfig,
  usageGet,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
} from '@aos/contracts';
import { createPool, type Pool } from '@aos/database';
import { connectMessaging, type Messaging } from '@aos/messaging';
import { bootstrap, readConfig } from '@aos/service-kit';
import { createLogger, newTraceparent } from '@aos/telemetry';
import { startNats, waitUntil } from '@aos/testing';
import { Writable } from 'node:stream';
import { v7 } from 'uuid';
import { AppModule } from '../src/app.module.ts';
import { USAGE_SOURCES } from '../src/application/usage-source.ts';
import { startOwners, type Owners } from './owners.ts';

export interface Billing {
  /** The lines it logged. */
  logs: string[];
  /** One metric of it, by the text before its value. */
  metric(line: string): Promise<number>;
  /** Drains. */
  close(): Promise<void>;
}

type Nats = Awaited<ReturnType<typeof startNats>>;

interface Databases {
  appUrl: string;
  systemUrl: string;
  adminUrl: string;
}

interface Parts {
  databases: Databases;
  nats: Nats;
  owners: Owners;
  operator: Messaging;
  admin: Pool;
}

const SILENT = createLogger({ service: 'test', level: 'silent' });

/** Billing's world: a database, a NATS, and stand-ins for those whose events it meters. */
export class Surroundings {
  readonly #billings: Billing[] = [];

  readonly #parts: Parts;

  private constructor(parts: Parts) {
    this.#parts = parts;
  }

  get owners(): Owners {
    return this.#parts.owners;
  }

  /** Who may do everything: asks as the gateway would, and looks. */
  get operator(): Messaging {
    return this.#parts.operator;
  }

  /** Past row security. */
  get admin(): Pool {
    return this.#parts.admin;
  }

  get nats(): Nats {
    return this.#parts.nats;
  }

  static async start(databases: Databases): Promise<Surroundings> {
    const nats = await startNats();
    const url = nats.urlFor('operator');
    const operator = await connectMessaging({ url, service: 'operator', logger: SILENT });
    const admin = createPool({ url: databases.adminUrl, applicationName: 'test', max: 2, logger: SILENT });
    const owners = await startOwners(nats);
    return new Surroundings({ databases, nats, owners, operator, admin });
  }

  /** A process of billing, whole, but in this process. */
  async billing(): Promise<Billing> {
    const config = readConfig(billingConfig, {
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_URL: this.#parts.databases.appUrl,
      DATABASE_SYSTEM_URL: this.#parts.databases.systemUrl,
      NATS_URL: this.nats.urlFor('billing'),
      LOG_LEVEL: 'debug',
    });
    const logs: string[] = [];
    const destination = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        logs.push(chunk.toString());
        done();
      },
    });
    const logger = createLogger({ service: 'billing', level: 'debug', destination });
    const module = await AppModule.connect(config, logger);
    const app = await bootstrap({ name: 'billing', config, logger, module });
    const url = await app.getUrl();
    const billing = {
      logs,
      metric: async (line: string) => {
        const text = await (await fetch(`${url}/metrics`)).text();
        const found = text.split('\n').find((candidate) => candidate.startsWith(`${line} `));
        return Number(found?.slice(line.length + 1) ?? 0);
      },
      close: () => app.close(),
    };
    this.#billings.push(billing);
    return billing;
  }

  /** Ends every billing. */
  async closeBillings(): Promise<void> {
    await Promise.all(this.#billings.splice(0).map((billing) => billing.close()));
  }

  /** What the gateway would be answered. */
  ask(
    tenantId: string,
    input: Partial<InputOf<typeof usageGet>> = {},
  ): Promise<StructuredOutcome<OutputOf<typeof usageGet>>> {
    return this.operator.request(usageGet, contextOf(tenantId), { group_by: ['meter'], limit: 50, ...input });
  }

  async usage(
    tenantId: string,
    input: Partial<InputOf<typeof usageGet>> = {},
  ): Promise<OutputOf<typeof usageGet>> {
    const outcome = await this.ask(tenantId, { from: '2026-01-01', to: '2026-12-31', ...input });
    if (!outcome.ok) throw new Error(outcome.error.message);
    return outcome.value;
  }

  /** Quantities by meter; empty while it cannot be asked. */
  async quantities(tenantId: string): Promise<Record<string, number>> {
    const outcome = await this.ask(tenantId, { from: '2026-01-01', to: '2026-12-31' });
    if (!outcome.ok) return {};
    return Object.fromEntries(outcome.value.data.map(({ meter, quantity }) => [meter, quantity]));
  }

  /** Forgets every event, as a stream does whose time is over. */
  async purge(): Promise<void> {
    this.operator.publishCore('$JS.API.STREAM.PURGE.AOS_EVENTS', '');
    await waitUntil(async () => await this.#isForgotten(), { what: 'the stream is empty' });
  }

  async #isForgotten(): Promise<boolean> {
    const sources = USAGE_SOURCES.map(({ consumer }) => this.operator.pullTickets(consumer));
    const left = (await Promise.all(sources.map((source) => source.fetch(1, { waitMs: 0 })))).flat();
    for (const delivery of left) delivery.nak();
    return left.length === 0;
  }

  async stop(): Promise<void> {
    await this.closeBillings();
    await Promise.all([this.operator.drain(), this.owners.close(), this.admin.end()]);
    await this.nats.stop();
  }
}

function contextOf(tenantId: string): RequestContext {
  return {
    tenantId,
    actor: { id: 'key:test', level: 1 },
    requestId: v7(),
    deadlineMs: Date.now() + 10_000,
    traceparent: newTraceparent(),
    signal: new AbortController().signal,
  };
}
