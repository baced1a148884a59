import type { WorkerOrders } from '../../src/application/ops/worker-fleet.ts';
import type { AgentFacts } from '../../src/domain/run/admit.ts';

/** What operators have ordered: which tenants are suspended, which processes drain. */
export class MemoryStandings {
  readonly #agents: ReadonlyMap<string, AgentFacts>;
  readonly #suspended = new Set<string>();
  readonly #draining = new Set<string>();

  /** `agents` by `tenant/agent`. */
  constructor(agents: ReadonlyMap<string, AgentFacts>) {
    this.#agents = agents;
  }

  suspend(tenantId: string): void {
    this.#suspended.add(tenantId);
    this.#mark(tenantId, true);
  }

  resume(tenantId: string): void {
    this.#suspended.delete(tenantId);
    this.#mark(tenantId, false);
  }

  setDraining(workerId: string, isDraining: boolean): void {
    if (isDraining) this.#draining.add(workerId);
    else this.#draining.delete(workerId);
  }

  isSuspended(tenantId: string): boolean {
    return this.#suspended.has(tenantId);
  }

  isDraining(workerId: string): boolean {
    return this.#draining.has(workerId);
  }

  orders(workerId: string): WorkerOrders {
    return { isDraining: this.isDraining(workerId), suspendedTenants: [...this.#suspended] };
  }

  /** Admission reads it with the agent. */
  #mark(tenantId: string, isTenantSuspended: boolean): void {
    for (const [key, agent] of this.#agents)
      if (key.startsWith(`${tenantId}/`)) Object.assign(agent, { isTenantSuspended });
  }
}
