import { v7 as newId } from 'uuid';
import { engineStoreSuite } from './engine-store.suite.ts';
import { MemoryEngineStore } from './memory-engine-store.ts';
import type { StoreWorld } from './store-world.ts';

engineStoreSuite('in memory', async (): Promise<StoreWorld> => {
  const store = new MemoryEngineStore(() => Date.now(), 50);
  return {
    store,
    mailbox: store.mailbox,
    addAgent: async ({
      tenantId = `t-${newId()}`,
      budgetMicrocents = 0,
      maxConcurrentRuns = 10_000,
    } = {}) => {
      const agentId = newId();
      const agentKey = `${tenantId}/${agentId}`;
      store.agents.set(agentKey, {
        version: 1,
        skills: [],
        maxSteps: null,
        budgetMicrocents,
        spentMicrocents: 0,
        reservedMicrocents: 0,
        openRuns: 0,
        maxConcurrentRuns,
      });
      return { tenantId, agentId, agentKey };
    },
    counters: async ({ agentKey }) => {
      const agent = store.agents.get(agentKey);
      if (agent === undefined) throw new Error(`no agent ${agentKey}`);
      return { reserved: agent.reservedMicrocents, spent: agent.spentMicrocents, openRuns: agent.openRuns };
    },
    lock: async (workerId) => {
      store.workers.locks.set(workerId, 'held');
      return async () => void store.workers.locks.set(workerId, 'free');
    },
    close: async () => undefined,
  };
});
