interface Queued {
  runId: string;
  tenantId: string;
  priority: number;
}

interface Standings {
  isSuspended(tenantId: string): boolean;
}

/** Ready runs, taken fairly over tenants by start-time fair queueing, within a tenant by priority and age. */
export class MemoryQueue {
  /** Oldest first. */
  readonly #queued = new Map<string, Queued>();
  readonly #lanes = new Map<string, { vtime: number; startedVtime: number }>();
  readonly #standings: Standings;

  constructor(standings: Standings) {
    this.#standings = standings;
  }

  get isEmpty(): boolean {
    return this.#queued.size === 0;
  }

  add(run: Queued): void {
    if (!this.#queued.has(run.runId)) this.#queued.set(run.runId, run);
  }

  /** Those of the runs that are queued. */
  takeNamed(runIds: readonly string[]): string[] {
    return runIds.filter((runId) => this.#queued.delete(runId));
  }

  /** Runs of the tenant whose turn it is and who is not suspended, at most its share of the slots, and only those the claimer knows how to run. */
  take(slots: number, isKnown: (runId: string) => boolean): string[] {
    const tenants = new Set([...this.#queued.values()].map(({ tenantId }) => tenantId));
    const waiting = [...tenants].filter((tenantId) => !this.#standings.isSuspended(tenantId));
    const clock = Math.max(0, ...[...this.#lanes.values()].map(({ startedVtime }) => startedVtime));
    const startOf = (tenantId: string): number => Math.max(this.#lanes.get(tenantId)?.vtime ?? 0, clock);
    const [tenant] = waiting.toSorted((a, b) => startOf(a) - startOf(b) || (a < b ? -1 : 1));
    if (tenant === undefined) return [];
    const runs = [...this.#queued.values()]
      .filter(({ tenantId, runId }) => tenantId === tenant && isKnown(runId))
      .toSorted((a, b) => b.priority - a.priority)
      .slice(0, Math.max(1, Math.floor(slots / waiting.length)))
      .map(({ runId }) => runId);
    for (const runId of runs) this.#queued.delete(runId);
    const startedVtime = startOf(tenant);
    this.#lanes.set(tenant, { startedVtime, vtime: startedVtime + runs.length });
    return runs;
  }
}
