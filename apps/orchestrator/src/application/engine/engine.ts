import { ENGINE_VERSION, type RunEvent } from '../../domain/run/state.ts';
import type { SkillRegistry } from '../../domain/skill/skill.ts';
import { ChildDesk } from '../children/child-desk.ts';
import { wakeRuns } from '../messages/wake-runs.ts';
import type { RunPlace } from '../messages/mailbox.ts';
import type { ArtifactKeeper } from '../artifacts/artifact-keeper.ts';
import type { WorkerOrders } from '../ops/worker-fleet.ts';
import { FlushLedger, LOST_MS } from './flush-ledger.ts';
import { JournalWriter } from './journal-writer.ts';
import { RecentIds } from './recent-ids.ts';
import { Relay } from './relay.ts';
import { RunExecution, type Departure } from './run-execution.ts';
import { RestartWriter } from './restart-writer.ts';
import { SubmitWriter } from './submit-writer.ts';
import { Sweeper } from './sweeper.ts';
import { ToolAdapter } from './tool-adapter.ts';
import {
  FencedError,
  type Chance,
  type ClaimedRun,
  type Clock,
  type EngineObserver,
  type EngineStore,
  type EventPublisher,
  type Lease,
  type Planner,
  type Restart,
  type RestartResult,
  type RunSignal,
  type Submission,
  type SubmitResult,
  type WorkerWitness,
} from './ports.ts';

export interface EngineParts {
  workerId: string;
  store: EngineStore;
  publisher: EventPublisher;
  skills: SkillRegistry;
  artifacts: ArtifactKeeper;
  planner: Planner;
  lease: Lease;
  witness: WorkerWitness;
  clock: Clock;
  chance: Chance;
  observer: EngineObserver;
  slots: number;
  leaseMs: number;
  limits: { maxSteps: number; defaultEstCostCents: number };
  /** The process has lost its place and must end. */
  onFenced: () => void;
  /** The number of runs in slots has changed. */
  onSlots?: (busy: number) => void;
}

const HAND_BACK_RETRY_MS = 500;
/** Runs over their deadline that are ended at a time. */
const OVERDUE_MAX = 50;
/** Unpublished events above which no new run is taken on. */
const BACKLOG_MAX = 20_000;
/** Freshly submitted runs whose events are kept in memory, so that claiming them reads nothing. */
const FRESH_MAX = 2_000;
/** Runs that were in a slot here lately, whose tickets may come after them. */
const RECENT_MAX = 5_000;

/** Runs runs: takes what is ready into its slots and sees each through. */
export class Engine {
  readonly #parts: EngineParts;
  readonly #ledger = new FlushLedger();
  readonly #relay: Relay;
  readonly #writer: JournalWriter;
  readonly #submits: SubmitWriter;
  readonly #restarts: RestartWriter;
  readonly #tools: ToolAdapter;
  readonly #sweeper: Sweeper;
  readonly #wakeRuns: (runs: readonly RunPlace[]) => Promise<void>;
  readonly #slots = new Map<string, { tenantId: string; execution: RunExecution; done: Promise<void> }>();
  readonly #fresh = new Map<string, RunEvent[]>();
  readonly #recent = new RecentIds(RECENT_MAX);
  #claiming: Promise<void> | undefined;
  #isClaimWanted = false;
  /** When the answer to a claim was lost last. */
  #claimLostAtMs: number | undefined;
  #isDraining = false;
  #isStandingBy = false;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    this.#wakeRuns = wakeRuns(parts);
    const { workerId, store, clock, observer, onFenced } = parts;
    this.#relay = new Relay(parts.publisher, this.#ledger, clock, observer);
    const writerParts = {
      workerId,
      store,
      ledger: this.#ledger,
      relay: this.#relay,
      clock,
      observer,
      onFenced,
    };
    this.#writer = new JournalWriter(writerParts);
    this.#submits = new SubmitWriter({
      ...writerParts,
      freeSlots: () => this.freeSlots,
      onAdmitted: (submission, { events, isClaimed }) => {
        if (isClaimed) return this.#occupy(firstClaim(submission, events), events);
        this.#remember(submission.runId, events);
        void this.wake();
      },
      onLost: () => {
        this.#claimLostAtMs = clock.now();
      },
    });
    this.#restarts = new RestartWriter(writerParts);
    const children = new ChildDesk({ ...parts, submit: (submission) => this.submit(submission) });
    this.#tools = new ToolAdapter({ ...parts, children });
    this.#sweeper = new Sweeper({
      ...parts,
      ledger: this.#ledger,
      tidy: () => this.#writer.tidy(),
      onReady: () => this.wake(),
      readSignals: () => this.readSignals(),
      takeOverdue: () => this.#takeOverdue(),
    });
  }

  get busySlots(): number {
    return this.#slots.size;
  }

  get freeSlots(): number {
    if (this.#isDraining || this.#isStandingBy || this.#relay.backlog > BACKLOG_MAX) return 0;
    return this.#parts.slots - this.#slots.size - this.#submits.offeredSlots;
  }

  /** Begins to work. The process's row must be registered and its lease running. */
  start(): void {
    this.#sweeper.start();
    void this.wake();
  }

  /** Resolves with the durable verdict; rejects when the store could not be reached. */
  submit(submission: Submission): Promise<SubmitResult> {
    return this.#submits.add(submission);
  }

  /** The same for a run that has ended. */
  async restart(restart: Restart): Promise<RestartResult> {
    const result = await this.#restarts.restart(restart);
    if (result.kind === 'restarted') void this.wake();
    return result;
  }

  /** Whether a run is in a slot here or was not long ago: a ticket for it brings nothing new. */
  knows(runId: string): boolean {
    return this.#slots.has(runId) || this.#recent.has(runId);
  }

  /** Something may be ready: fill the free slots. Resolves when no more is to be had for now. */
  wake(): Promise<void> {
    this.#isClaimWanted = true;
    this.#claiming ??= this.#claimAll().finally(() => {
      this.#claiming = undefined;
    });
    return this.#claiming;
  }

  /** Looks at the signals left for runs of this process. */
  async readSignals(): Promise<void> {
    if (this.#slots.size === 0) return;
    try {
      this.#pass(await this.#parts.store.signals(this.#parts.workerId));
    } catch (error) {
      this.#parts.observer.trouble('reading signals', error);
    }
  }

  #pass(signals: readonly RunSignal[]): void {
    for (const signal of signals) this.#slots.get(signal.runId)?.execution.take(signal);
  }

  /** What operators have ordered: a draining process gives its runs back at their next step, as do runs of suspended tenants. */
  follow({ isDraining, suspendedTenants }: WorkerOrders): void {
    const isBack = this.#isStandingBy && !isDraining;
    this.#isStandingBy = isDraining;
    for (const { tenantId, execution } of this.#slots.values())
      if (isDraining || suspendedTenants.includes(tenantId)) execution.yield();
    if (isBack) void this.wake();
  }

  /** Takes nothing new, lets steps under way end, hands the rest back and gives up its place. */
  async drain(): Promise<void> {
    this.#isDraining = true;
    for (const { execution } of this.#slots.values()) execution.yield();
    // What was claimed on the way in has its slot now.
    await this.#submits.idle();
    await this.#restarts.idle();
    for (const { execution } of this.#slots.values()) execution.yield();
    await Promise.all([...this.#slots.values()].map(({ done }) => done));
    await this.#claiming;
    await this.#writer.idle();
    await this.#relay.idle();
    await this.#sweeper.stop();
    await this.#writer.tidy();
    await this.#parts.store.unregisterWorker(this.#parts.workerId);
  }

  /** Stops publishing, so that a drain ends although NATS cannot be reached; others publish what is left. */
  stopPublishing(): void {
    this.#relay.stop();
  }

  async #claimAll(): Promise<void> {
    while (this.#isClaimWanted && this.freeSlots > 0) {
      this.#isClaimWanted = false;
      try {
        if (this.#claimLostAtMs !== undefined) await this.#adoptStrays();
        const claims = await this.#parts.store.claim(this.#parts.workerId, this.freeSlots, ENGINE_VERSION);
        if (claims.length === 0) continue;
        this.#isClaimWanted = true;
        await this.#begin(claims);
      } catch (error) {
        this.#claimLostAtMs = this.#parts.clock.now();
        this.#parts.observer.trouble('claiming runs', error);
      }
    }
  }

  /** One claim at a time: what one has taken, and not begun yet, would look like a stray to the other. */
  async #takeOverdue(): Promise<void> {
    while (this.#claiming !== undefined) await this.#claiming;
    if (this.#isDraining) return;
    this.#claiming = this.#claimOverdue().finally(() => {
      this.#claiming = undefined;
    });
    await this.#claiming;
  }

  /** Beyond the slots: each only has to be ended. */
  async #claimOverdue(): Promise<void> {
    try {
      const { store, workerId } = this.#parts;
      await this.#begin(await store.claimOverdue(workerId, OVERDUE_MAX, ENGINE_VERSION));
    } catch (error) {
      this.#claimLostAtMs = this.#parts.clock.now();
      this.#parts.observer.trouble('claiming runs that are over their deadline', error);
    }
  }

  /** A claim whose answer was lost may have given this process runs it does not know of, or may do so yet. */
  async #adoptStrays(): Promise<void> {
    const askedAtMs = this.#parts.clock.now();
    const known = new Set(this.#slots.keys());
    const owned = await this.#parts.store.owned(this.#parts.workerId);
    const strays = owned.filter(
      ({ runId }) => !known.has(runId) && !this.#slots.has(runId) && !this.#submits.isUnderWay(runId),
    );
    await this.#begin(strays);
    if (this.#claimLostAtMs !== undefined && askedAtMs - this.#claimLostAtMs > LOST_MS)
      this.#claimLostAtMs = undefined;
  }

  async #begin(claims: ClaimedRun[]): Promise<void> {
    const unknown = claims.filter(({ runId, seq }) => this.#fresh.get(runId)?.length !== seq);
    const journals =
      unknown.length === 0 ? undefined : await this.#parts.store.journal(unknown.map(({ runId }) => runId));
    // Before the run does anything: one that only has to wait on would leave its slot and its signal behind.
    const hasSignals = claims.some((claim) => claim.hasSignals);
    const signals = hasSignals ? await this.#parts.store.signals(this.#parts.workerId) : [];
    for (const claim of claims) {
      const events = journals?.get(claim.runId) ?? this.#fresh.get(claim.runId) ?? [];
      this.#fresh.delete(claim.runId);
      this.#occupy(claim, events);
    }
    this.#pass(signals);
  }

  #occupy(claim: ClaimedRun, events: RunEvent[]): void {
    const parts = { ...this.#parts, writer: this.#writer, tools: this.#tools, wake: this.#wakeRuns };
    const execution = new RunExecution(parts, claim, events);
    const done = this.#see(claim, execution);
    this.#slots.set(claim.runId, { tenantId: claim.tenantId, execution, done });
    this.#recent.add(claim.runId);
    // Without a free slot tickets are not heard: what comes meanwhile is looked for when one is free again.
    if (this.freeSlots <= 0) this.#isClaimWanted = true;
    this.#parts.onSlots?.(this.#slots.size);
  }

  /** Sees a run through its slot. One that breaks is handed back: the claims count how often that happens. */
  async #see(claim: ClaimedRun, execution: RunExecution): Promise<void> {
    const { runId } = claim;
    await Promise.resolve();
    let departure: Departure | 'broken' = 'broken';
    try {
      departure = await execution.run();
    } catch (error) {
      if (error instanceof FencedError) return;
      this.#parts.observer.trouble(`run ${runId}`, error);
    }
    if (departure !== 'finished' && departure !== 'released')
      await this.#handBack(claim, departure === 'handed-back');
    // Handed back, it may have been claimed again in the meantime: the slot is then its next execution's.
    if (this.#slots.get(runId)?.execution === execution) this.#slots.delete(runId);
    this.#parts.onSlots?.(this.#slots.size);
    // Only where more was wanted than there were slots: whatever has become ready since was told by a ticket.
    if (!this.#isDraining && this.#isClaimWanted) void this.wake();
  }

  /** Until there is an answer: the run could otherwise be taken up here while it goes back into the queue. */
  async #handBack(claim: ClaimedRun, isOrderly: boolean): Promise<void> {
    const { store, publisher, clock, observer, workerId } = this.#parts;
    await this.#writer.leave(claim.runId);
    for (;;) {
      try {
        await publisher.publishTickets(await store.handBack(workerId, claim, isOrderly));
        return;
      } catch (error) {
        observer.trouble(`handing back run ${claim.runId}`, error);
        if (this.#isDraining) return; // it goes on when this process is gone
        await clock.sleep(HAND_BACK_RETRY_MS);
      }
    }
  }

  #remember(runId: string, events: RunEvent[]): void {
    this.#fresh.set(runId, events);
    if (this.#fresh.size <= FRESH_MAX) return;
    const oldest = this.#fresh.keys().next().value;
    if (oldest !== undefined) this.#fresh.delete(oldest);
  }
}

/** The claim of a run that was claimed on its way in. */
function firstClaim(submission: Submission, events: readonly RunEvent[]): ClaimedRun {
  const { runId, tenantId, agentId, traceparent } = submission;
  return {
    runId,
    tenantId,
    agentId,
    traceparent,
    seq: events.length,
    enqueueNo: 1,
    idleClaims: 1,
    hasSignals: false,
  };
}
