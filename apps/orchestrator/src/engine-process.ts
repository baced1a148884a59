import { hostname } from 'node:os';
import { RUN_TICKETS, signalSubject, type OrchestratorConfig } from '@aos/contracts';
import type { OutboxRelay } from '@aos/database';
import type { HealthProbe } from '@aos/service-kit';
import type { Logger } from '@aos/telemetry';
import type { OnApplicationShutdown, OnModuleDestroy } from '@nestjs/common';
import type { ArtifactKeeper } from './application/artifacts/artifact-keeper.ts';
import { Engine } from './application/engine/engine.ts';
import type {
  EngineObserver,
  EngineStore,
  EventPublisher,
  Planner,
  WorkerWitness,
} from './application/engine/ports.ts';
import { TicketKeeper } from './application/engine/ticket-keeper.ts';
import { OrderFollower } from './application/ops/follow-orders.ts';
import type { WorkerFleet } from './application/ops/worker-fleet.ts';
import { ENGINE_VERSION } from './domain/run/state.ts';
import type { SkillRegistry } from './domain/skill/skill.ts';
import { systemChance, systemClock } from './outbound/clock.ts';
import type { Connections } from './outbound/connections.ts';
import { LEASE_MS, ThreadLease } from './outbound/lease.ts';

interface EngineProcessParts {
  config: OrchestratorConfig;
  logger: Logger;
  connections: Connections;
  store: EngineStore;
  fleet: WorkerFleet;
  publisher: EventPublisher;
  witness: WorkerWitness;
  skills: SkillRegistry;
  artifacts: ArtifactKeeper;
  planner: Planner;
  observer: EngineObserver;
  /** Publishes what the engine's journals do not tell. */
  outbox: OutboxRelay;
}

/** Of the drain's time, what is left for closing after the engine has stopped. */
const CLOSING_MS = 3_000;

/** The engine's life in this process: its place among the workers, its lease, its tickets, its drain. */
export class EngineProcess implements OnModuleDestroy, OnApplicationShutdown {
  readonly engine: Engine;
  readonly #parts: EngineProcessParts;
  readonly #workerId: string;
  readonly #lease: ThreadLease;
  readonly #tickets: TicketKeeper;
  readonly #orders: OrderFollower;

  /** Takes a place among the workers and begins to work. */
  static async start(parts: EngineProcessParts): Promise<EngineProcess> {
    const workerId = systemChance.newId();
    await parts.store.registerWorker({
      workerId,
      host: hostname(),
      engineVersion: ENGINE_VERSION,
      slots: parts.config.WORKER_SLOTS,
      leaseMs: LEASE_MS,
    });
    return new EngineProcess(parts, workerId);
  }

  private constructor(parts: EngineProcessParts, workerId: string) {
    const { config, logger, connections } = parts;
    this.#parts = parts;
    this.#workerId = workerId;
    const onFenced = (): void => {
      logger.fatal({ worker_id: workerId }, 'declared dead by another process; ending');
      process.exit(1);
    };
    this.#lease = new ThreadLease(config.DATABASE_SYSTEM_URL, workerId, onFenced);
    this.engine = new Engine({
      ...parts,
      workerId,
      lease: this.#lease,
      clock: systemClock,
      chance: systemChance,
      slots: config.WORKER_SLOTS,
      leaseMs: LEASE_MS,
      limits: { maxSteps: config.MAX_STEPS, defaultEstCostCents: config.DEFAULT_EST_COST_CENTS },
      onFenced,
      onSlots: () => this.#tickets.slotsChanged(),
    });
    this.#tickets = new TicketKeeper(
      connections.messaging.pullTickets(RUN_TICKETS),
      this.engine,
      systemClock,
    );
    this.#orders = new OrderFollower({
      fleet: parts.fleet,
      workerId,
      follow: (orders) => this.engine.follow(orders),
      clock: systemClock,
      observer: parts.observer,
    });
    connections.messaging.subscribeCore(signalSubject(workerId), () => {
      void this.engine.readSignals();
      void this.#orders.look();
    });
    this.engine.start();
    this.#tickets.start();
    this.#orders.start();
    parts.outbox.start();
    logger.info({ worker_id: workerId, slots: config.WORKER_SLOTS }, 'working');
  }

  /** Degraded while an operator has this process drained: it lives and works on nothing. */
  probe(): HealthProbe {
    const detail = 'draining by order of an operator: takes no runs until it is resumed or restarted';
    return {
      name: 'worker',
      critical: false,
      check: async () => (this.#orders.isDraining ? { status: 'degraded', detail } : undefined),
    };
  }

  /** Steps under way end, the rest is handed back; what NATS does not take in time is published by others. */
  async onModuleDestroy(): Promise<void> {
    const { config, logger, connections, outbox } = this.#parts;
    const giveUp = setTimeout(
      () => this.engine.stopPublishing(),
      config.SHUTDOWN_TIMEOUT_SECONDS * 1000 - CLOSING_MS,
    );
    await connections.messaging.stopAnswering();
    await this.#orders.stop();
    await this.#tickets.drain();
    await this.engine.drain();
    await outbox.stop();
    clearTimeout(giveUp);
    logger.info({ worker_id: this.#workerId }, 'handed everything back');
  }

  async onApplicationShutdown(): Promise<void> {
    await this.#parts.connections.messaging.drain();
    await this.#lease.stop();
    await this.#parts.connections.close();
  }
}
