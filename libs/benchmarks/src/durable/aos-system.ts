import type { Stack } from '@aos/tooling';
import { openAosClient } from '../runs/aos-client.ts';
import { processesOf } from '../stack-processes.ts';
import type { System } from './system.ts';

/** All of AOS: a run comes in through the gateway, and its end is learnt from its event. */
export async function openAos(stack: Stack): Promise<System> {
  const { orchestrator } = stack.services;
  if (orchestrator === undefined) throw new Error('the stack has no orchestrator');
  const client = await openAosClient(stack.file);
  const agentId = await client.createAgent();
  await client.close();
  return {
    target: { kind: 'aos', stack: stack.file, agentId },
    processes: () => processesOf(stack),
    worker: { kill: () => orchestrator.kill9(), restart: () => orchestrator.restart() },
    startReplica: () => stack.startAnother('orchestrator'),
    close: async () => {
      await Promise.all(Object.values(stack.services).map((service) => service.stop()));
    },
  };
}
