import {
  errorOf,
  fail,
  succeed,
  type RequestContext,
  type RunSummary,
  type StructuredOutcome,
  type SubmittedRun,
} from '@aos/contracts';
import { ArtifactKeeper } from '../../../src/application/artifacts/artifact-keeper.ts';
import { Engine } from '../../../src/application/engine/engine.ts';
import {
  FencedError,
  type Clock,
  type EngineStore,
  type EventPublisher,
  type Lease,
  type RunSignal,
  type SignalReceipt,
} from '../../../src/application/engine/ports.ts';
import { sendMessage, type SendParts } from '../../../src/application/messages/send-message.ts';
import { wakeRuns } from '../../../src/application/messages/wake-runs.ts';
import { TicketKeeper } from '../../../src/application/engine/ticket-keeper.ts';
import { OrderFollower } from '../../../src/application/ops/follow-orders.ts';
import type { WorkerOrders } from '../../../src/application/ops/worker-fleet.ts';
import { ModelPlanner, type AgentVersions } from '../../../src/application/planner/model-planner.ts';
import { restartRun } from '../../../src/application/restart-run.ts';
import { submitRun } from '../../../src/application/submit-run.ts';
import type { RunEvent } from '../../../src/domain/run/state.ts';
import type { RunRecord } from '../../../src/domain/run/view.ts';
import type { SkillRegistry } from '../../../src/domain/skill/skill.ts';
import { agentInvoke } from '../../../src/outbound/skills/agent-invoke.ts';
import { messageSend } from '../../../src/outbound/skills/message-send.ts';
import { messageWait } from '../../../src/outbound/skills/message-wait.ts';
import { SETTLING_MS } from './operators.ts';
import { remoteFleet, remoteMailbox, remoteStore, remoteWitness } from './remote-store.ts';
import type { Simulation } from './simulation.ts';
import type { Actor } from './world.ts';

const LEASE_MS = 10_000;
const EST_COST_CENTS = 1;
/** No effect starts in the last second of the lease. */
const MARGIN_MS = 1_000;

type Goal = Parameters<ReturnType<typeof submitRun>>[1];

/** A process with a real engine whose every port goes through the world. */
export class SimProcess implements Actor {
  readonly name: string;
  readonly workerId: string;
  readonly engine: Engine;
  /** Of what it can fold. */
  readonly engineVersion: number;
  /** Resolves when the process has ended, in whichever way. */
  readonly ended: Promise<void>;
  isDead = false;
  isDraining = false;
  pausedUntilMs = 0;
  readonly #simulation: Simulation;
  readonly #store: EngineStore;
  readonly #clock: Clock;
  readonly #submit: ReturnType<typeof submitRun>;
  readonly #restart: ReturnType<typeof restartRun>;
  readonly #sendMessage: ReturnType<typeof sendMessage>;
  readonly #keeper: TicketKeeper | undefined;
  readonly #orders: OrderFollower | undefined;
  #leaseEndMs = 0;
  #tellEnded: () => void = () => undefined;

  constructor(simulation: Simulation, name: string, engineVersion: number) {
    const { world, outside, router, artifacts, tickets } = simulation;
    this.#simulation = simulation;
    this.name = name;
    this.engineVersion = engineVersion;
    this.workerId = world.random.newId(world.nowMs);
    this.ended = new Promise((resolve) => (this.#tellEnded = resolve));
    this.#store = remoteStore(simulation, this);
    this.#clock = {
      now: () => world.nowMs,
      sleep: (ms, signal) => world.sleep(this, ms, signal),
      after: (ms, action) => {
        const stopped = new AbortController();
        void world.sleep(this, ms, stopped.signal).then(() => stopped.signal.aborted || action());
        return () => stopped.abort();
      },
    };
    const chance = { random: () => world.random.next(), newId: () => world.random.newId(world.nowMs) };
    const publisher = this.#publisher();
    const messages: SendParts = {
      mailbox: remoteMailbox(simulation, this),
      chance,
      clock: this.#clock,
      wake: wakeRuns({ store: this.#store, publisher }),
    };
    const correspond = [
      messageSend(messages),
      messageWait(messages.mailbox, this.#clock),
      agentInvoke(() => skills, EST_COST_CENTS),
    ];
    const skills: SkillRegistry = new Map([
      ...outside.skillsOf(this),
      ...correspond.map((skill) => [skill.spec.name, skill] as const),
    ]);
    this.#sendMessage = sendMessage(messages);
    const observer = {
      runFinished: () => undefined,
      stepFinished: () => undefined,
      trouble: (what: string, error: unknown) => simulation.noteTrouble(this, what, error),
    };
    this.engine = new Engine({
      workerId: this.workerId,
      store: this.#store,
      publisher,
      skills,
      artifacts: new ArtifactKeeper(artifacts.storeOf(this)),
      planner: new ModelPlanner({
        backend: 'anthropic',
        isProduction: true,
        timeoutMs: 90_000,
        agents: this.#agents(),
        skills,
        models: router.modelsOf(this),
        onStub: () => world.violate('a stub in production'),
      }),
      lease: this.#lease(),
      witness: remoteWitness(simulation, this),
      clock: this.#clock,
      chance,
      slots: world.random.int(1, 6),
      leaseMs: LEASE_MS,
      limits: { maxSteps: 50, defaultEstCostCents: EST_COST_CENTS },
      onFenced: () => this.end('was declared dead'),
      observer,
      onSlots: () => this.#keeper?.slotsChanged(),
    });
    if (tickets !== undefined) {
      this.#keeper = new TicketKeeper(tickets.sourceOf(this), this.engine, this.#clock);
      const follow = (orders: WorkerOrders): void => this.engine.follow(orders);
      const { workerId } = this;
      this.#orders = new OrderFollower({
        fleet: remoteFleet(simulation, this),
        workerId,
        follow,
        clock: this.#clock,
        observer,
      });
    }
    this.#restart = restartRun({
      runs: { findWithJournal: (_tenantId, runId) => this.#findRun(runId) },
      restart: (restart) => this.engine.restart(restart),
      clock: this.#clock,
    });
    this.#submit = submitRun({
      submit: (submission) => this.engine.submit(submission),
      skills,
      clock: this.#clock,
      chance,
      limits: { maxSteps: 50, defaultEstCostCents: EST_COST_CENTS },
    });
  }

  /** Takes its place among the workers and begins to work. */
  async start(): Promise<void> {
    const { workerId, name: host } = this;
    try {
      await this.#store.registerWorker({
        workerId,
        host,
        engineVersion: this.engineVersion,
        slots: 1,
        leaseMs: LEASE_MS,
      });
    } catch {
      this.end('could not register');
      return;
    }
    void this.#keepLease();
    this.engine.start();
    this.#keeper?.start();
    this.#orders?.start();
  }

  submit(context: RequestContext, goal: Goal): Promise<StructuredOutcome<SubmittedRun>> {
    return this.#submit(context, goal);
  }

  sendMessage(
    ...args: Parameters<ReturnType<typeof sendMessage>>
  ): ReturnType<ReturnType<typeof sendMessage>> {
    return this.#sendMessage(...args);
  }

  restart(context: RequestContext, runId: string): Promise<StructuredOutcome<RunSummary>> {
    return this.#restart(context, { run_id: runId });
  }

  signal(run: { tenantId: string; runId: string }, signal: RunSignal): Promise<SignalReceipt> {
    return this.#store.signal(run, signal);
  }

  crash(): void {
    this.end('crashed');
  }

  end(how: string): void {
    if (this.isDead) return;
    this.#simulation.world.tell(`${this.name} ${how}`);
    this.isDead = true;
    const { locks } = this.#simulation.store.workers;
    if (locks.has(this.workerId)) locks.set(this.workerId, 'free');
    this.#simulation.world.bury(this);
    this.#tellEnded();
  }

  /** As at a rolling update. */
  async drain(): Promise<void> {
    const { world } = this.#simulation;
    world.tell(`${this.name} drains`);
    this.isDraining = true;
    const isUndisturbed = world.nowMs > world.calmFromMs + SETTLING_MS;
    void this.#clock.sleep(22_000).then(() => this.engine.stopPublishing());
    void this.#clock.sleep(30_000).then(() => this.end('was killed at the end of its grace'));
    try {
      await this.#orders?.stop();
      await this.#keeper?.drain();
      await this.engine.drain();
      this.#checkGivenUp(isUndisturbed);
    } catch {
      // What it could not give up is taken from it when its lease has ended.
    }
    this.end('drained');
  }

  /** An operator has ordered that nothing of the kind is begun any more. */
  checkOrders(runId: string): void {
    const { world, store, operators } = this.#simulation;
    const tenantId = store.runs.get(runId)?.submission.tenantId ?? '';
    if (operators.forbids({ tenantId, process: this }))
      world.violate(`a step began against an operator's order: ${runId} on ${this.name}`);
  }

  /** In good order it has kept nothing that others would have to wait for. */
  #checkGivenUp(isUndisturbed: boolean): void {
    const { world, store, tickets } = this.#simulation;
    const owned = [...store.runs.values()].filter(({ workerId }) => workerId === this.workerId);
    if (owned.length > 0 && isUndisturbed)
      world.violate(`${this.name} has drained and owns ${owned.length} runs`);
    const held = tickets?.heldBy(this) ?? 0;
    if (held > 0) world.violate(`${this.name} has drained and holds ${held} tickets`);
  }

  async #keepLease(): Promise<void> {
    const { store, world } = this.#simulation;
    for (;;) {
      const askedAtMs = this.#clock.now();
      try {
        if (!(await this.#store.renewLease(this.workerId, LEASE_MS))) this.end('lost its lease');
        this.#leaseEndMs = askedAtMs + LEASE_MS;
        // A connection that breaks loses the lock until the next renewal.
        if (!this.isDead) store.workers.locks.set(this.workerId, world.random.isTrue(0.05) ? 'free' : 'held');
      } catch {
        // The next renewal may get through.
      }
      await this.#clock.sleep(1_000);
    }
  }

  #lease(): Lease {
    return {
      beforeEffect: async () => {
        for (;;) {
          if (this.isDead) throw new FencedError();
          if (this.#clock.now() < this.#leaseEndMs - MARGIN_MS) return;
          await this.#clock.sleep(250);
        }
      },
    };
  }

  /** As request handlers read it. */
  async #findRun(runId: string): Promise<{ record: RunRecord; events: RunEvent[] } | undefined> {
    const events = (await this.#store.journal([runId])).get(runId);
    const submission = this.#simulation.store.runs.get(runId)?.submission;
    if (events === undefined || submission === undefined) return undefined;
    return { record: { ...RECORD, ...submission }, events };
  }

  #agents(): AgentVersions {
    const agent = { instructions: '', skills: [], model: null };
    return {
      find: () =>
        this.#simulation.world.call({
          actor: this,
          what: 'store.agentVersion',
          onLost: () => fail(errorOf('unavailable', 'the store cannot be reached')),
          apply: async () => succeed(agent),
        }),
    };
  }

  #publisher(): EventPublisher {
    const { world, outside } = this.#simulation;
    const call = (what: string, apply: () => Promise<void>) =>
      world.call({ actor: this, what, apply, mayComeLate: false });
    return {
      publish: (rows) => call(`publish ${rows.length}`, () => outside.receive(rows)),
      publishTickets: (tickets) =>
        call(`tickets ${tickets.length}`, async () => this.#simulation.tickets?.put(tickets)),
      nudge: () => undefined,
    };
  }
}

/** What nobody asks of a record here. */
const RECORD = {
  status: 'failed',
  costMicrocents: 0,
  reservedMicrocents: 0,
  waitingReason: null,
  nextAttemptAt: null,
  startedAt: null,
  finishedAt: null,
} as const;
