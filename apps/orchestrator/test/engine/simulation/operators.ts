import type { SimProcess } from './sim-process.ts';
import type { Simulation } from './simulation.ts';
import { bystander } from './world.ts';

/** By then a process has read what it was ordered, and what was handed back has a slot elsewhere. */
const NOTICE_MS = 3_000;
const LOOK_MS = 250;
/** In calm weather, until what was slow before has got through. */
export const SETTLING_MS = 10_000;

/** Those who run the system: they suspend tenants, drain processes, and replace all of them by the next version. */
export class Operators {
  readonly #simulation: Simulation;
  readonly #actor = bystander('operator');
  /** Since when, by tenant and by worker. */
  readonly #suspendedMs = new Map<string, number>();
  readonly #drainingMs = new Map<string, number>();
  #open = 0;

  constructor(simulation: Simulation) {
    this.#simulation = simulation;
  }

  /** Whether every order is taken back. */
  get isDone(): boolean {
    return this.#open === 0;
  }

  start(): void {
    const { random } = this.#simulation.world;
    if (random.isTrue(0.3)) this.#begin(() => this.#suspendTenant());
    if (random.isTrue(0.3)) this.#begin(() => this.#drainProcess());
    if (random.isTrue(0.4)) this.#begin(() => this.#upgrade());
  }

  /** Whether nothing may be begun here any more: an order is there and could be read. */
  forbids({ tenantId, process }: { tenantId: string; process: SimProcess }): boolean {
    const { world } = this.#simulation;
    const couldReadMs = Math.max(world.calmFromMs + SETTLING_MS, process.pausedUntilMs);
    return [this.#suspendedMs.get(tenantId), this.#drainingMs.get(process.workerId)].some(
      (sinceMs) => sinceMs !== undefined && world.nowMs > Math.max(sinceMs, couldReadMs) + NOTICE_MS,
    );
  }

  /** A run was given back in good order: while a process has room for it, it does not wait for any timeout. */
  watchHandedBack(runId: string): void {
    const { world, store } = this.#simulation;
    const run = store.runs.get(runId);
    if (run === undefined || world.nowMs < world.calmFromMs + SETTLING_MS) return;
    const { enqueueNo } = run;
    this.#begin(async () => {
      let free = this.#ableTo(runId);
      for (let waitedMs = 0; waitedMs < NOTICE_MS; waitedMs += LOOK_MS) {
        await world.sleep(this.#actor, LOOK_MS);
        const isSuspended = store.standings.isSuspended(run.submission.tenantId);
        if (run.workerId !== null || run.status !== 'running' || run.enqueueNo !== enqueueNo || isSuspended)
          return;
        const able = this.#ableTo(runId);
        free = free.filter((process) => able.includes(process));
      }
      if (free.length > 0)
        world.violate(`a run that was handed back waits, although there is room: ${runId}`);
    });
  }

  /** Processes with a free slot that know how to run it. */
  #ableTo(runId: string): SimProcess[] {
    const { store, processes } = this.#simulation;
    const version = store.runs.get(runId)?.engineVersion ?? 0;
    return processes.filter(
      ({ engine, engineVersion, workerId, pausedUntilMs }) =>
        engine.freeSlots > 0 &&
        engineVersion >= version &&
        store.workers.has(workerId) &&
        !store.standings.isDraining(workerId) &&
        pausedUntilMs <= this.#simulation.world.nowMs,
    );
  }

  #begin(task: () => Promise<void>): void {
    this.#open += 1;
    void task().then(() => (this.#open -= 1));
  }

  async #suspendTenant(): Promise<void> {
    const { world, store } = this.#simulation;
    await this.#sleep(0, 60_000);
    const [tenantId = ''] = world.random.pick([...store.agents.keys()]).split('/');
    world.tell(`${tenantId} is suspended`);
    store.standings.suspend(tenantId);
    this.#suspendedMs.set(tenantId, world.nowMs);
    await this.#sleep(1_000, 40_000);
    world.tell(`${tenantId} is resumed`);
    this.#suspendedMs.delete(tenantId);
    store.standings.resume(tenantId);
  }

  /** By an order, which is taken back, or comes to nothing when the process ends. */
  async #drainProcess(): Promise<void> {
    const { world, store } = this.#simulation;
    await this.#sleep(0, 60_000);
    const process = this.#simulation.anyProcess();
    if (process === undefined) return;
    world.tell(`${process.name} is ordered to drain`);
    store.standings.setDraining(process.workerId, true);
    this.#drainingMs.set(process.workerId, world.nowMs);
    await this.#sleep(1_000, 25_000);
    world.tell(`${process.name} is ordered to work again`);
    this.#drainingMs.delete(process.workerId);
    store.standings.setDraining(process.workerId, false);
  }

  /** One after the other: the new one starts, then the old one is told to end. */
  async #upgrade(): Promise<void> {
    await this.#sleep(0, 60_000);
    const old = this.#simulation.beginUpgrade();
    for (const process of old) {
      this.#simulation.employ();
      await this.#sleep(0, 2_000);
      if (!process.isDead && !process.isDraining) await Promise.race([process.drain(), process.ended]);
    }
  }

  #sleep(leastMs: number, mostMs: number): Promise<void> {
    const { world } = this.#simulation;
    return world.sleep(this.#actor, world.random.int(leastMs, mostMs));
  }
}
