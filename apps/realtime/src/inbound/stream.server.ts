import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { errorOf, fail, type RealtimeConfig, type StructuredOutcome } from '@aos/contracts';
import type { Traffic } from '@aos/service-kit';
import { loggerFor, type Logger } from '@aos/telemetry';
import type { OnApplicationBootstrap, OnModuleDestroy } from '@nestjs/common';
import type { HttpAdapterHost } from '@nestjs/core';
import { WebSocketServer, type WebSocket } from 'ws';
import type { Credentials, Watcher } from '../application/ports.ts';
import type { WatchRunSources } from '../application/watch-run.ts';
import { refuseUpgrade } from './refuse-upgrade.ts';
import { StreamConnection } from './stream.connection.ts';
import type { StreamMetrics } from './stream-metrics.ts';
import { endUpgradeSpan, upgradeSpan } from './upgrade-span.ts';
import { parseUpgrade, requestIdOf } from './upgrade-request.ts';

export type HttpHost = HttpAdapterHost;

export interface StreamSources extends WatchRunSources {
  credentials: Credentials;
  /** Calls back with each revoked key; returns how to stop. */
  onKeyRevoked(onKey: (keyId: string) => void): () => void;
  logger: Logger;
}

export interface StreamServerOptions {
  host: HttpHost;
  traffic: Traffic;
  config: Pick<RealtimeConfig, 'WS_QUEUE_MAX' | 'WS_TOPICS_MAX' | 'WS_PING_SECONDS'>;
  metrics: StreamMetrics;
}

/** Larger frames end the connection before they are read whole. */
const FRAME_BYTES_HARD_MAX = 64 * 1024;
const CLOSE_WAIT_MS = 3_000;
const SERVICE_RESTART = 1012;
const POLICY_VIOLATION = 1008;

/** Turns upgrades on the service's HTTP port into connections, once the credential is verified. */
export class StreamServer implements OnApplicationBootstrap, OnModuleDestroy {
  readonly #options: StreamServerOptions;
  readonly #sources: StreamSources;
  readonly #connections = new Set<StreamConnection>();
  readonly #sockets = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: FRAME_BYTES_HARD_MAX,
  });
  #stopKeyRevoked: () => void = () => undefined;
  #pings: NodeJS.Timeout | undefined;

  constructor(options: StreamServerOptions, sources: StreamSources) {
    this.#options = options;
    this.#sources = sources;
  }

  onApplicationBootstrap(): void {
    const server: Server = this.#options.host.httpAdapter.getHttpServer();
    server.on('upgrade', (request, socket, head) => void this.#onUpgrade(request, socket, head));
    this.#stopKeyRevoked = this.#sources.onKeyRevoked((keyId) => this.#closeKey(keyId));
    this.#pings = setInterval(() => {
      for (const connection of this.#connections) connection.ping();
    }, this.#options.config.WS_PING_SECONDS * 1000);
  }

  /** Asks every client to connect again, and waits for them to go. */
  async onModuleDestroy(): Promise<void> {
    clearInterval(this.#pings);
    this.#stopKeyRevoked();
    for (const connection of this.#connections) connection.close(SERVICE_RESTART, 'service restart');
    const deadlineMs = Date.now() + CLOSE_WAIT_MS;
    while (this.#connections.size > 0 && Date.now() < deadlineMs) await delay(20);
    for (const connection of this.#connections) connection.terminate();
  }

  async #onUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const requestId = requestIdOf(request);
    const gone = () => socket.destroy();
    socket.on('error', gone);
    const span = upgradeSpan(request);
    const verified = await this.#admit(request, span.traceparent);
    endUpgradeSpan(span, verified);
    if (socket.destroyed) return;
    if (!verified.ok) {
      refuseUpgrade(socket, verified.error, requestId);
      return;
    }
    socket.off('error', gone);
    this.#sockets.handleUpgrade(request, socket, head, (webSocket) =>
      this.#connect(webSocket, verified.value, requestId),
    );
  }

  async #admit(request: IncomingMessage, traceparent: string): Promise<StructuredOutcome<Watcher>> {
    const draining = fail(errorOf('unavailable', 'This instance is stopping; connect again.'));
    if (this.#options.traffic.isDraining) return draining;
    const asked = parseUpgrade(request, traceparent);
    if (!asked.ok) return asked;
    const verified = await this.#sources.credentials.verify(asked.value);
    return this.#options.traffic.isDraining ? draining : verified;
  }

  #connect(socket: WebSocket, watcher: Watcher, requestId: string): void {
    const { config, metrics } = this.#options;
    const logger = loggerFor(this.#sources.logger, { tenantId: watcher.tenantId, requestId });
    const limits = { queueMax: config.WS_QUEUE_MAX, topicsMax: config.WS_TOPICS_MAX };
    const connection = new StreamConnection(socket, { watcher, metrics, logger, ...limits }, this.#sources);
    const openedMs = Date.now();
    this.#connections.add(connection);
    metrics.activeConnections.set(this.#connections.size);
    logger.info({ key_id: watcher.keyId }, 'connected');
    socket.on('close', (code) => {
      this.#connections.delete(connection);
      metrics.activeConnections.set(this.#connections.size);
      logger.info({ code, duration_ms: Date.now() - openedMs }, 'disconnected');
    });
  }

  #closeKey(keyId: string): void {
    for (const connection of this.#connections) {
      if (connection.keyId === keyId) connection.close(POLICY_VIOLATION, 'key revoked');
    }
  }
}
