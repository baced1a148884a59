import { FencedError, StoreDataError, type RunSignal } from '../../../src/application/engine/ports.ts';
import { ENGINE_VERSION, isTerminal } from '../../../src/domain/run/state.ts';
import { MemoryEngineStore } from '../memory-engine-store.ts';
import type { MemoryRun } from '../memory-run.ts';
import { checkAtRest } from './checks.ts';
import { Operators } from './operators.ts';
import { Outside, SkillBugError } from './outside.ts';
import { Random } from './random.ts';
import { SimArtifacts } from './sim-artifacts.ts';
import { SimProcess } from './sim-process.ts';
import { SimRouter } from './sim-router.ts';
import { SimTickets } from './sim-tickets.ts';
import { Workload } from './workload.ts';
import { bystander, World, type Weather } from './world.ts';

export interface Verdict {
  seed: number;
  violations: readonly string[];
  /** The last things that happened, oldest first; empty where it was not traced. */
  trace: readonly string[];
  runs: number;
}

const BAD_FOR_MS = [0, 10_000, 30_000, 30_000];
const BAD_FOR_MS_ONCE = 30_000;
/** By then everything must have come to rest. */
const OVER_BY_MS = 600_000;
/** Reasons for which a run may wait for a person; a pause that got lost may come after the resume. */
const PARKED_REASONS = ['unknown_outcome', 'compensation_failed', 'worker_crash_loop', 'paused'];
/** A run may have so many steps that cannot be undone, each of which parks it. */
const ROUNDS_MAX = 30;

const FOR_CHILDREN = ['child_run', 'children'];

/** What its goals are like. */
export interface Kind {
  /** Of goals that come without a plan. */
  unplannedRate?: number;
  /** Whether some outputs are kept as artifacts. */
  hasLargeOutputs?: boolean;
  /** Whether some plans are graphs. */
  hasGraphs?: boolean;
  /** Whether some goals say when to start and when to have ended. */
  hasTimes?: boolean;
  /** Whether runs are paused, and those that wait for a person are decided about. */
  hasPauses?: boolean;
  /** Whether ended runs are restarted. */
  hasRestarts?: boolean;
  /** Whether steps can be undone. */
  hasRollbacks?: boolean;
  /** Whether some steps send messages and wait for them. */
  hasMessages?: boolean;
  /** Of goals whose planner is told what became of its steps. */
  adaptiveRate?: number;
  /** Whether some steps invoke agents. */
  hasChildren?: boolean;
  /** Whether there are tickets, and operators who suspend tenants, drain processes and bring a new version. */
  hasOperators?: boolean;
}

/** One history of several processes, drawn from a seed. */
export class Simulation {
  readonly world: World;
  readonly store: MemoryEngineStore;
  readonly outside: Outside;
  readonly router: SimRouter;
  readonly artifacts: SimArtifacts;
  readonly workload: Workload;
  readonly operators: Operators;
  /** The queue of wake-ups; without it every process looks for itself. */
  readonly tickets: SimTickets | undefined;
  readonly #seed: number;
  readonly #hasPauses: boolean;
  readonly #processes = new Set<SimProcess>();
  readonly #wanted: number;
  #born = 0;
  #engineVersion = ENGINE_VERSION;

  constructor(
    seed: number,
    {
      unplannedRate = 0.4,
      hasLargeOutputs = true,
      hasGraphs = true,
      hasTimes = true,
      hasPauses = true,
      hasRestarts = true,
      hasRollbacks = true,
      hasMessages = true,
      adaptiveRate = 0.3,
      hasChildren = true,
      hasOperators = true,
    }: Kind = {},
    isTraced = false,
  ) {
    const random = new Random(seed);
    this.#seed = seed;
    this.#hasPauses = hasPauses;
    const weather = drawWeather(random);
    this.world = new World(random, weather, {
      badForMs: hasOperators ? random.pick(BAD_FOR_MS) : BAD_FOR_MS_ONCE,
      isTraced,
    });
    this.store = new MemoryEngineStore(() => this.world.nowMs, 50);
    this.outside = new Outside(this.world, this.store, hasLargeOutputs);
    this.router = new SimRouter(this.world, this.store);
    this.artifacts = new SimArtifacts(this.world);
    this.tickets = hasOperators ? new SimTickets(this.world, weather.lossRate) : undefined;
    this.operators = new Operators(this);
    this.workload = new Workload(this, {
      unplannedRate,
      hasGraphs,
      hasTimes,
      hasPauses,
      hasRestarts,
      hasRollbacks,
      hasMessages,
      adaptiveRate,
      hasChildren,
    });
    this.#wanted = random.int(1, 3);
    for (let number = random.int(1, 5); number > 0; number -= 1) this.#addAgent(number);
  }

  async run(): Promise<Verdict> {
    const { world, workload } = this;
    for (let number = 1; number <= this.#wanted; number += 1) this.employ();
    workload.start();
    if (this.tickets !== undefined) this.operators.start();
    void this.#disturb();
    await this.#comeToRest('the workload');
    if (this.#hasPauses) {
      workload.decideAll(this.#parked());
      await this.#comeToRest('deciding about what was parked');
      const paused = this.#parked().filter(({ waitingReason }) => waitingReason === 'paused');
      if (paused.length > 0) world.violate(`a run stays paused after its resume: ${paused.length}`);
    }
    for (let round = 1; round <= ROUNDS_MAX && this.#parked().length > 0; round += 1) {
      workload.endAll(this.#parked());
      await this.#comeToRest('ending what was parked');
    }
    if (this.#parked().length > 0) world.violate('a run that was ended still waits');
    return { seed: this.#seed, violations: world.violations, trace: world.trace, runs: this.store.runs.size };
  }

  get processes(): SimProcess[] {
    return [...this.#processes];
  }

  /** From now on whoever starts is of the next version; who is not is answered. */
  beginUpgrade(): SimProcess[] {
    this.#engineVersion += 1;
    this.world.tell(`upgrade to version ${this.#engineVersion}`);
    return this.processes;
  }

  anyProcess(): SimProcess | undefined {
    const serving = [...this.#processes].filter(({ isDraining }) => !isDraining);
    return serving.length === 0 ? undefined : this.world.random.pick(serving);
  }

  /** Whether the process of that place has ended, in whichever way. */
  isGone(workerId: string): boolean {
    return ![...this.#processes].some((process) => process.workerId === workerId && !process.isDead);
  }

  nudge(workerId: string): void {
    for (const process of this.#processes) {
      if (process.workerId === workerId) void process.engine.readSignals();
    }
  }

  noteTrouble(process: SimProcess, what: string, error: unknown): void {
    const { world } = this;
    world.tell(`${process.name} had trouble ${what}: ${String(error)}`);
    const isExpected =
      error instanceof StoreDataError ||
      error instanceof FencedError ||
      error instanceof SkillBugError ||
      (error instanceof Error && error.name === 'ConnectionLostError');
    if (!isExpected) world.violate(`a bug while ${what}: ${String(error)}`);
  }

  async #comeToRest(what: string): Promise<void> {
    const { world } = this;
    const end = await world.run(() => this.#isAtRest(), OVER_BY_MS);
    if (world.violations.length > 0) return;
    if (end === 'not over') world.violate(`not at rest after ${what}: ${this.#unrest()}`);
    else checkAtRest(this);
  }

  #isAtRest(): boolean {
    const { world, store, workload } = this;
    return (
      world.isCalm &&
      workload.isDone &&
      this.operators.isDone &&
      world.lateOperations === 0 &&
      store.unpublished.size === 0 &&
      [...store.signalsLeft.values()].every((signal) => this.#mayWait(signal)) &&
      [...store.runs.values()].every((run) => isTerminal(run.status) || this.#isResting(run))
    );
  }

  /** What wakes a step of a parked run is for when it goes on; a run that was cut hears no more until its children have ended. */
  #mayWait({ type, runId }: RunSignal): boolean {
    const run = this.store.runs.get(runId);
    if (run?.waitingReason === 'children') return true;
    return type === 'wake' && run !== undefined && isParked(run);
  }

  /** It waits for a person, or for a child that does. */
  #isResting(run: MemoryRun): boolean {
    if (isParked(run)) return true;
    const { status, waitingReason, readyAtMs, submission } = run;
    if (status !== 'waiting' || readyAtMs !== null || !FOR_CHILDREN.includes(waitingReason ?? ''))
      return false;
    return [...this.store.runs.values()].some(
      (other) => other.submission.parent?.runId === submission.runId && this.#isResting(other),
    );
  }

  #parked(): MemoryRun[] {
    return [...this.store.runs.values()].filter(isParked);
  }

  #unrest(): string {
    const { store, workload } = this;
    const open = [...store.runs]
      .filter(([, run]) => !isTerminal(run.status) && !this.#isResting(run))
      .map(([runId, run]) => `${runId.slice(-6)} ${run.status} owner ${run.workerId} idle ${run.idleClaims}`);
    const signals = [...store.signalsLeft.values()].map(({ runId }) => `signal for ${runId.slice(-6)}`);
    const unpublished = `${store.unpublished.size} unpublished`;
    return [...open, ...signals, unpublished, `clients done: ${workload.isDone}`].join('; ');
  }

  /** One process more; one that ends is replaced after a while as long as there are too few. */
  employ(): void {
    this.#born += 1;
    const process = new SimProcess(this, `p${this.#born}`, this.#engineVersion);
    this.#processes.add(process);
    void process.start();
    void this.#replace(process);
  }

  async #replace(process: SimProcess): Promise<void> {
    await process.ended;
    this.#processes.delete(process);
    await this.world.sleep(SUPERVISOR, this.world.random.int(0, 3_000));
    if (this.#processes.size < this.#wanted) this.employ();
  }

  /** Rolling updates and outages of the store, while the weather is bad. */
  async #disturb(): Promise<void> {
    const { world } = this;
    while (!world.isCalm) {
      await world.sleep(SUPERVISOR, world.random.int(1_000, 15_000));
      if (world.isCalm) return;
      if (world.random.isTrue(0.3)) world.loseStore(world.random.int(100, 12_000));
      if (world.random.isTrue(0.4)) void this.anyProcess()?.drain();
    }
  }

  #addAgent(number: number): void {
    const { random } = this.world;
    this.store.agents.set(`tenant-${random.int(1, 3)}/${random.newId(this.world.nowMs + number)}`, {
      version: 1,
      skills: [],
      maxSteps: null,
      budgetMicrocents: random.isTrue(0.3) ? random.int(1_000, 20_000) : 0,
      spentMicrocents: 0,
      reservedMicrocents: 0,
      openRuns: 0,
      maxConcurrentRuns: random.isTrue(0.3) ? random.int(1, 5) : 1_000,
    });
  }
}

const SUPERVISOR = bystander('supervisor');

function isParked(run: MemoryRun): boolean {
  return (
    run.status === 'waiting' && run.readyAtMs === null && PARKED_REASONS.includes(run.waitingReason ?? '')
  );
}

function drawWeather(random: Random): Weather {
  return {
    lossRate: random.pick([0, 0.01, 0.05, 0.2]),
    crashRate: random.pick([0, 0.002, 0.01, 0.05, 0.15]),
    slowRate: random.pick([0, 0.02, 0.2]),
    pauseRate: random.pick([0, 0, 0.001, 0.01]),
  };
}
