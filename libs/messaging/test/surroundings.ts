import type { RequestContext } from '@aos/contracts';
import { createLogger, newTraceparent } from '@aos/telemetry';
import { startNats } from '@aos/testing';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { connectMessaging, type Messaging } from '../src/index.ts';

type Nats = Awaited<ReturnType<typeof startNats>>;

export const SILENT = createLogger({ service: 'test', level: 'silent' });
export const RUN_ID = '0193b0a0-0000-7000-8000-000000000001';

/** A NATS of the test file, who has joined it, and how to look at it from outside. */
export class Surroundings {
  readonly #joined: Messaging[] = [];
  readonly #raw: NatsConnection[] = [];

  private constructor(readonly nats: Nats) {}

  static async start(): Promise<Surroundings> {
    return new Surroundings(await startNats());
  }

  async join(service: string): Promise<Messaging> {
    const url = this.nats.urlFor(service);
    const messaging = await connectMessaging({ url, service, logger: SILENT });
    this.#joined.push(messaging);
    return messaging;
  }

  /** A connection without anything of this library; `operator` may do everything. */
  async raw(user = 'operator'): Promise<NatsConnection> {
    const { host, username, password } = new URL(this.nats.urlFor(user));
    const inboxPrefix = `_INBOX_${user}`;
    const connection = await connect({ servers: host, user: username, pass: password, inboxPrefix });
    this.#raw.push(connection);
    return connection;
  }

  async streams(): Promise<JetStreamManager> {
    return jetstreamManager(await this.raw());
  }

  async stop(): Promise<void> {
    await Promise.all(this.#joined.map((messaging) => messaging.drain()));
    await Promise.all(this.#raw.map((connection) => connection.close()));
    await this.nats.stop();
  }
}

/** Resolves when the server knows what this one answers and listens to. */
export async function isKnown(messaging: Messaging): Promise<void> {
  await messaging.roundTripMs();
}

/** Someone of the tenant acme asks. */
export function context(more: Partial<RequestContext> = {}): RequestContext {
  return {
    tenantId: 'acme',
    actor: { id: 'key:1', level: 3 },
    requestId: 'request-1',
    deadlineMs: Date.now() + 20_000,
    traceparent: newTraceparent(),
    signal: new AbortController().signal,
    ...more,
  };
}

/** A promise and what settles it. */
export function gate(): { opened: Promise<void>; open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}
