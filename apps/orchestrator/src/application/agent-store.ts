import type { AgentFields, AgentRecord } from '../domain/agent.ts';

/** Where a page of agents ends. */
export interface AgentPlace {
  createdAt: Date;
  agentId: string;
}

/** The agents of one tenant; undefined: the tenant has no such agent. */
export interface AgentStore {
  insert(tenantId: string, agent: AgentFields & AgentPlace): Promise<AgentRecord>;
  find(tenantId: string, agentId: string): Promise<AgentRecord | undefined>;
  /** Newest first; `before`: only what comes after that place in the list. */
  list(tenantId: string, page: { before: AgentPlace | undefined; limit: number }): Promise<AgentRecord[]>;
  /** Changes what is given; the version grows. */
  update(tenantId: string, agentId: string, changes: Partial<AgentFields>): Promise<AgentRecord | undefined>;
  /** Only without unfinished runs; its past runs stay. */
  delete(tenantId: string, agentId: string): Promise<'deleted' | 'has_runs' | 'not_found'>;
}
