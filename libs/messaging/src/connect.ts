import { inboxPrefix } from '@aos/contracts';
import type { Logger } from '@aos/telemetry';
import { connect } from '@nats-io/transport-node';
import type { NatsConnection } from '@nats-io/nats-core';
import { Messaging } from './messaging.ts';

interface ConnectOptions {
  /** With user and password: nats://user:password@host:port */
  url: string;
  /** Name of the connection and of the user whose inbox is used. */
  service: string;
  logger: Logger;
}

const FIRST_CONNECT_MS_MAX = 30_000;
const CONNECT_TIMEOUT_MS = 2_000;

/** A raw connection that outlives restarts of the server. Rejects when the server is not there within 30 s. */
export async function openConnection({ url, service, logger }: ConnectOptions): Promise<NatsConnection> {
  const { protocol, username, password, host } = new URL(url);
  const giveUpAtMs = Date.now() + FIRST_CONNECT_MS_MAX;
  for (;;) {
    try {
      return await connect({
        servers: host,
        ...(username === ''
          ? {}
          : { user: decodeURIComponent(username), pass: decodeURIComponent(password) }),
        ...(protocol === 'tls:' ? { tls: {} } : {}),
        name: service,
        inboxPrefix: inboxOf({ url, service }),
        timeout: CONNECT_TIMEOUT_MS,
        maxReconnectAttempts: -1,
        reconnectTimeWait: 200,
        reconnectJitter: 200,
        pingInterval: 10_000,
        maxPingOut: 2,
        // A server that refuses the password while it starts is asked again.
        ignoreAuthErrorAbort: true,
        noAsyncTraces: true,
      });
    } catch (error) {
      if (Date.now() > giveUpAtMs) throw error;
      logger.warn({ err: error }, 'NATS is not there yet');
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
}

/** Connects a service to NATS. */
export async function connectMessaging(options: ConnectOptions): Promise<Messaging> {
  return new Messaging(await openConnection(options), inboxOf(options), options.logger);
}

/** The inbox belongs to the user, whose rights name it. */
function inboxOf({ url, service }: Pick<ConnectOptions, 'url' | 'service'>): string {
  return inboxPrefix(decodeURIComponent(new URL(url).username) || service);
}
