import type {
  PlanStepInput,
  RequestContext,
  RunOnFailure,
  StructuredOutcome,
  SubmittedRun,
} from '@aos/contracts';
import type { Decision } from '../../../src/application/engine/ports.ts';
import { fold } from '../../../src/domain/run/evolve.ts';
import type { MemoryRun } from '../memory-run.ts';
import type { SimProcess } from './sim-process.ts';
import { decideAbout, NEED_DECISION } from './sim-person.ts';
import { drawnFate, goalOf } from './sim-router.ts';
import { drawInvocation } from './invocations.ts';
import { Correspondence, type DrawnMessage } from './correspondence.ts';
import { SKILL_NAMES } from './outside.ts';
import { cancelWith, undoOfStep } from './rollback-workload.ts';
import type { Kind, Simulation } from './simulation.ts';
import { bystander, type Actor } from './world.ts';

interface RunPlace {
  tenantId: string;
  runId: string;
}

type Message =
  | { type: 'cancel'; reason: undefined; onFailure?: RunOnFailure | undefined }
  | { type: 'pause' }
  | { type: 'resume'; decision: Decision | null };

type Goal = Parameters<SimProcess['submit']>[1];
/** A run somebody was told of. */
export interface Accepted {
  tenantId: string;
  runId: string;
  idempotencyKey: string | undefined;
  goal: string;
}

const ATTEMPTS_MAX = 4;
const NO_UNDO = { params: {} };

/** The clients: they submit, repeat what got lost, repeat what did not, and cancel. */
export class Workload {
  readonly accepted: Accepted[] = [];
  /** Runs whose cancellation was accepted. */
  readonly cancelled = new Set<string>();
  /** Runs whose cancel may have said what becomes of effects. */
  readonly overridden = new Set<string>();
  readonly #simulation: Simulation;
  readonly #client: Actor = bystander('client');
  readonly #unplannedRate: number;
  readonly #hasGraphs: boolean;
  readonly #hasTimes: boolean;
  readonly #hasPauses: boolean;
  readonly #hasRestarts: boolean;
  readonly #hasRollbacks: boolean;
  readonly #hasChildren: boolean;
  /** Undefined: there are no messages. */
  readonly #messages: Correspondence | undefined;
  readonly #adaptiveRate: number;
  #open = 0;

  constructor(
    simulation: Simulation,
    { unplannedRate, adaptiveRate, ...has }: Required<Omit<Kind, 'hasLargeOutputs' | 'hasOperators'>>,
  ) {
    this.#simulation = simulation;
    this.#hasChildren = has.hasChildren;
    this.#messages = has.hasMessages ? new Correspondence(simulation) : undefined;
    this.#unplannedRate = unplannedRate;
    this.#adaptiveRate = adaptiveRate;
    this.#hasGraphs = has.hasGraphs;
    this.#hasTimes = has.hasTimes;
    this.#hasPauses = has.hasPauses;
    this.#hasRestarts = has.hasRestarts;
    this.#hasRollbacks = has.hasRollbacks;
  }

  get isDone(): boolean {
    return this.#open === 0;
  }

  start(): void {
    const { random } = this.#simulation.world;
    const goals = random.int(4, 30);
    for (let number = 1; number <= goals; number += 1) this.#begin(() => this.#goal(number));
    const { messages } = this.#messages?.draw() ?? { messages: [] };
    for (const message of messages) this.#begin(() => this.#send(message));
  }

  /** What a person decides about runs that wait for one. */
  decideAll(runs: readonly MemoryRun[]): void {
    for (const { submission, waitingReason } of runs) {
      const decision = NEED_DECISION.includes(waitingReason)
        ? decideAbout(this.#simulation, submission.runId)
        : null;
      this.#begin(async () => void (await this.#tell(submission, { type: 'resume', decision }, Infinity)));
    }
  }

  /** What is left to do about the others: a run on its way back is not stopped, so what cannot be undone is left. */
  endAll(runs: readonly MemoryRun[]): void {
    for (const { submission, waitingReason } of runs) {
      const { rollback } = fold(this.#simulation.store.journals.events(submission.runId));
      if (rollback === null) this.#begin(() => this.#cancel(submission));
      else {
        const decision = NEED_DECISION.includes(waitingReason)
          ? decideAbout(this.#simulation, submission.runId, true)
          : null;
        this.#begin(async () => void (await this.#tell(submission, { type: 'resume', decision }, Infinity)));
      }
    }
  }

  #begin(task: () => Promise<void>): void {
    this.#open += 1;
    void task().then(() => (this.#open -= 1));
  }

  async #goal(number: number): Promise<void> {
    const { world, store } = this.#simulation;
    const { random } = world;
    await this.#sleep(random.int(0, 20_000));
    const [tenantId = '', agentId = ''] = random.pick([...store.agents.keys()]).split('/');
    const idempotencyKey = random.isTrue(0.6) ? `key-${random.int(1, number)}` : undefined;
    const goal: Goal = {
      agent_id: agentId,
      priority: random.int(1, 9),
      ...this.#task(number),
      ...(this.#hasTimes ? this.#times() : {}),
      ...(this.#hasRollbacks && random.isTrue(0.3)
        ? { on_failure: random.pick(['compensate', 'keep'] as const) }
        : {}),
      ...(this.#hasGraphs && random.isTrue(0.3) ? { max_parallel: random.int(1, 3) } : {}),
      ...(random.isTrue(0.5) ? { est_cost_cents: random.int(0, 3) / 1000 } : {}),
      ...(idempotencyKey === undefined ? {} : { idempotency_key: idempotencyKey }),
    };
    const times = random.isTrue(0.3) ? random.int(2, 4) : 1;
    const outcomes = await Promise.all(Array.from({ length: times }, () => this.#submit(tenantId, goal)));
    for (const outcome of outcomes) {
      if (outcome === 'lost' || !outcome.ok) continue;
      const runId = outcome.value.run_id;
      this.accepted.push({ tenantId, runId, idempotencyKey, goal: goal.goal });
      if (random.isTrue(0.2)) this.#begin(() => this.#cancelLater({ tenantId, runId }));
      if (this.#hasRestarts && random.isTrue(0.25))
        this.#begin(() => this.#restartLater({ tenantId, runId }));
      if (this.#hasPauses && random.isTrue(0.2)) this.#begin(() => this.#pauseLater({ tenantId, runId }));
    }
  }

  /** A message is repeated with its key until it is answered. */
  async #send({ atMs, tenantId, input }: DrawnMessage): Promise<void> {
    await this.#sleep(atMs);
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const answer = await this.#ask((process) =>
        process.sendMessage(contextOf(tenantId), input).catch(() => 'lost' as const),
      );
      if (answer !== 'lost') return;
      await this.#sleep(500);
    }
  }

  async #submit(tenantId: string, goal: Goal): Promise<StructuredOutcome<SubmittedRun> | 'lost'> {
    const { random } = this.#simulation.world;
    for (let attempt = 1; attempt <= ATTEMPTS_MAX; attempt += 1) {
      const answer = await this.#ask((process) => process.submit(contextOf(tenantId), goal));
      if (answer !== 'lost' && (answer.ok || !answer.error.retryable)) return answer;
      await this.#sleep(random.int(100, 3_000));
    }
    return 'lost';
  }

  async #cancelLater(run: RunPlace): Promise<void> {
    await this.#sleep(this.#simulation.world.random.int(0, 15_000));
    await this.#cancel(run);
  }

  async #cancel(run: RunPlace): Promise<void> {
    const said = this.#hasRollbacks ? cancelWith(this.#simulation.world.random) : {};
    if (said.onFailure !== undefined) this.overridden.add(run.runId);
    const isTold = await this.#tell(run, { type: 'cancel', reason: undefined, ...said }, ATTEMPTS_MAX);
    if (isTold) this.cancelled.add(run.runId);
  }

  /** Pauses a run, once or twice, and lets it go on later. */
  async #pauseLater(run: RunPlace): Promise<void> {
    const { random } = this.#simulation.world;
    await this.#sleep(random.int(0, 15_000));
    await this.#tell(run, { type: 'pause' }, ATTEMPTS_MAX);
    await this.#sleep(random.int(0, 20_000));
    if (random.isTrue(0.2)) await this.#tell(run, { type: 'pause' }, ATTEMPTS_MAX);
    await this.#tell(run, { type: 'resume', decision: null }, Infinity);
  }

  /** Often the run has not ended then: it is refused. */
  async #restartLater({ tenantId, runId }: RunPlace): Promise<void> {
    const { world } = this.#simulation;
    await this.#sleep(world.random.int(2_000, 40_000));
    const answer = await this.#ask((process) =>
      process.restart(contextOf(tenantId), runId).catch(() => 'lost' as const),
    );
    if (answer === 'lost') return;
    world.tell(`restart of ${runId.slice(-6)}: ${answer.ok ? 'done' : answer.error.code}`);
    // What was cancelled before begins again.
    if (answer.ok || answer.error.retryable) this.cancelled.delete(runId);
  }

  /** Whether the run was told. */
  async #tell(run: RunPlace, message: Message, attemptsMax: number): Promise<boolean> {
    const { world } = this.#simulation;
    for (let attempt = 1; attempt <= attemptsMax; attempt += 1) {
      const signal = { signalId: world.random.newId(world.nowMs), runId: run.runId, ...message };
      const receipt = await this.#ask((process) => process.signal(run, signal).catch(() => 'lost' as const));
      if (receipt === 'lost') {
        await this.#sleep(500);
        continue;
      }
      world.tell(`${message.type} of ${run.runId.slice(-6)}: ${receipt.kind}`);
      if (receipt.kind === 'not_found') world.violate(`an accepted run is not known: ${run.runId}`);
      if (receipt.kind !== 'left') return false;
      if (receipt.ownerId !== null && world.random.isTrue(0.7)) this.#simulation.nudge(receipt.ownerId);
      return true;
    }
    return false;
  }

  /** Asks one of the processes; lost when it ends before it has answered. */
  async #ask<T>(question: (process: SimProcess) => Promise<T>): Promise<T | 'lost'> {
    const process = this.#simulation.anyProcess();
    if (process === undefined) return 'lost';
    return Promise.race([question(process), process.ended.then(() => 'lost' as const)]);
  }

  /** When it may begin and must have ended. */
  #times(): Pick<Goal, 'start_at' | 'deadline'> {
    const { random, nowMs } = this.#simulation.world;
    const startMs = random.isTrue(0.15) ? nowMs + random.int(-5_000, 60_000) : undefined;
    const endMs = random.isTrue(0.2) ? (startMs ?? nowMs) + random.int(1, 90_000) : undefined;
    return {
      ...(startMs === undefined ? {} : { start_at: new Date(startMs).toISOString() }),
      ...(endMs === undefined ? {} : { deadline: new Date(endMs).toISOString() }),
    };
  }

  /** What is to be done: given as a plan or to be planned. */
  #task(number: number): Pick<Goal, 'goal' | 'plan' | 'planning_mode' | 'replan'> {
    const { random } = this.#simulation.world;
    const isAdaptive = this.#adaptiveRate > 0 && random.isTrue(this.#adaptiveRate);
    const isPlanned = this.#unplannedRate === 0 || !random.isTrue(this.#unplannedRate);
    if (isPlanned && !isAdaptive) return { goal: `goal ${number}`, plan: this.#plan() };
    const goal = goalOf(number, drawnFate(random, this.#plan()));
    if (!isAdaptive) return { goal };
    const replan = random.pick(['on_failure', 'every_step'] as const);
    return { goal, planning_mode: 'adaptive', replan, ...(isPlanned ? { plan: this.#plan() } : {}) };
  }

  /** `depth`: of child runs. */
  #plan(depth = 0): PlanStepInput[] {
    const { random } = this.#simulation.world;
    if (this.#hasGraphs && random.isTrue(0.5)) return this.#graph(depth);
    return Array.from({ length: random.int(1, 4) }, (_, index) =>
      this.#step(index, index > 0 ? index - 1 : undefined, depth),
    );
  }

  /** Steps that depend on some of those before them. */
  #graph(depth: number): PlanStepInput[] {
    const { random } = this.#simulation.world;
    const density = random.pick([0, 0.2, 0.5]);
    return Array.from({ length: random.int(2, 7) }, (_, index) => {
      const before = Array.from({ length: index }, (_, earlier) => earlier).filter(() =>
        random.isTrue(density),
      );
      return {
        ...this.#step(index, before.at(-1), depth),
        depends_on: before.map((earlier) => `s${earlier}`),
        ...(random.isTrue(0.3) ? { on_failure: 'continue' as const } : {}),
      };
    });
  }

  #step(index: number, source: number | undefined, depth: number): PlanStepInput {
    const { random } = this.#simulation.world;
    if (this.#hasChildren && depth < 3 && random.isTrue(0.12))
      return { step_id: `s${index}`, ...drawInvocation(this.#simulation, this.#plan(depth + 1)) };
    const correspondence = this.#messages?.drawStep();
    if (correspondence !== undefined) return { step_id: `s${index}`, ...correspondence };
    const { params: undo, ...compensation } = this.#hasRollbacks ? undoOfStep(random, index) : NO_UNDO;
    return {
      ...compensation,
      step_id: `s${index}`,
      skill: random.pick(SKILL_NAMES),
      params: {
        n: source !== undefined && random.isTrue(0.5) ? `\${{ steps.s${source}.output.n }}` : index,
        fails: random.isTrue(0.3) ? random.int(1, 3) : 0,
        bugs: random.isTrue(0.06) ? random.int(1, 5) : 0,
        takes_ms: random.isTrue(0.2) ? random.int(100, 6_000) : 0,
        ...(random.isTrue(0.1) ? { retry_after_ms: random.int(0, 9_000) } : {}),
        ...undo,
      },
      timeout_ms: random.pick([2_000, 10_000]),
      retry: {
        maximum_attempts: random.int(1, 4),
        initial_interval_ms: random.pick([0, 200, 3_000, 12_000]),
        backoff_coefficient: 2,
        maximum_interval_ms: 30_000,
      },
    };
  }

  #sleep(ms: number): Promise<void> {
    return this.#simulation.world.sleep(this.#client, ms);
  }
}

function contextOf(tenantId: string): RequestContext {
  return {
    tenantId,
    actor: { id: 'key:sim', level: 3 },
    requestId: 'sim',
    deadlineMs: Number.MAX_SAFE_INTEGER,
    traceparent: '',
    signal: new AbortController().signal,
  };
}
