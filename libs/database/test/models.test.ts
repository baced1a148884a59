import { testPostgres, type TestDatabase } from '@aos/testing';
import { createLogger } from '@aos/telemetry';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openGatewayDatabase, type GatewayDatabase } from '../src/gateway.ts';
import { openOrchestratorDatabase, type OrchestratorDatabase } from '../src/orchestrator.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
let server: TestDatabase;
let orchestrator: OrchestratorDatabase;
let gateway: GatewayDatabase;

beforeAll(async () => {
  server = await testPostgres();
  orchestrator = openOrchestratorDatabase({ url: server.appUrl, logger });
  gateway = openGatewayDatabase({ url: server.appUrl, logger });
});

afterAll(async () => {
  await Promise.all([orchestrator.close(), gateway.close()]);
  await server.close();
});

// A select names every column of its model, so a column that the migrations lack fails it.
describe('every Prisma model', () => {
  it.each(['agent', 'agentBudget', 'run', 'runEvent', 'runSignal'] as const)(
    'of the orchestrator (%s) fits the migrated tables and may be read by aos_app',
    async (model) => {
      const found = await orchestrator.transaction('nobody', async (tx): Promise<unknown> => {
        switch (model) {
          case 'agent':
            return tx.agent.findMany();
          case 'agentBudget':
            return tx.agentBudget.findMany();
          case 'run':
            return tx.run.findMany();
          case 'runEvent':
            return tx.runEvent.findMany();
          case 'runSignal':
            return tx.runSignal.findMany();
        }
      });
      expect(found).toEqual([]);
    },
  );

  it('of the gateway fits the migrated tables', async () => {
    const found = await gateway.transaction('nobody', async (tx) => [
      ...(await tx.tenant.findMany()),
      ...(await tx.apiKey.findMany()),
    ]);
    expect(found).toEqual([]);
  });
});

describe('ping', () => {
  it('answers while the database does and rejects when it does not', async () => {
    await expect(gateway.ping()).resolves.toBeUndefined();
    const lost = openGatewayDatabase({ url: 'postgres://aos_app:x@127.0.0.1:1/none', logger });
    await expect(lost.ping()).rejects.toThrow('ECONNREFUSED');
    await lost.close();
  });
});
