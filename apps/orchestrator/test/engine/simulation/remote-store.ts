import type { EngineStore, WorkerWitness } from '../../../src/application/engine/ports.ts';
import type { Mailbox } from '../../../src/application/messages/mailbox.ts';
import type { WorkerFleet } from '../../../src/application/ops/worker-fleet.ts';
import type { SimProcess } from './sim-process.ts';
import type { Simulation } from './simulation.ts';

/** The store as a process sees it over the network. */
export function remoteStore(simulation: Simulation, process: SimProcess): EngineStore {
  const { world, store, operators } = simulation;
  const { engineVersion } = process;
  const remote = <T>(name: string, apply: () => Promise<T>): Promise<T> =>
    world.call({ actor: process, what: `store.${name}`, apply });
  return {
    registerWorker: (...args) => remote('registerWorker', () => store.registerWorker(...args)),
    renewLease: (...args) => remote('renewLease', () => store.renewLease(...args)),
    unregisterWorker: (...args) => remote('unregisterWorker', () => store.unregisterWorker(...args)),
    submit: (...args) => remote('submit', () => store.submit(...args)),
    restart: (...args) => remote('restart', () => store.restart(...args)),
    flush: (...args) => remote('flush', () => store.flush(...args)),
    wasCommitted: (...args) => remote('wasCommitted', () => store.wasCommitted(...args)),
    claim: (id, slots) => remote('claim', () => store.claim(id, slots, engineVersion)),
    claimOverdue: (id, limit) => remote('claimOverdue', () => store.claimOverdue(id, limit, engineVersion)),
    owned: (...args) => remote('owned', () => store.owned(...args)),
    journal: (...args) => remote('journal', () => store.journal(...args)),
    handBack: async (id, claim, isOrderly) => {
      const tickets = await remote('handBack', () => store.handBack(id, claim, isOrderly));
      if (isOrderly) for (const { runId } of tickets) operators.watchHandedBack(runId);
      return tickets;
    },
    signal: (...args) => remote('signal', () => store.signal(...args)),
    signals: (...args) => remote('signals', () => store.signals(...args)),
    closeToChildren: (...args) => remote('closeToChildren', () => store.closeToChildren(...args)),
    wake: (...args) => remote('wake', () => store.wake(...args)),
    unlockedWorkers: (...args) => remote('unlockedWorkers', () => store.unlockedWorkers(...args)),
    buryDeadWorkers: (leaseMs, knownDead = []) => {
      if (knownDead.some((workerId) => !simulation.isGone(workerId)))
        world.violate('a living process was taken for dead');
      return remote('buryDeadWorkers', () => store.buryDeadWorkers(leaseMs, knownDead));
    },
    wakeDue: (...args) => remote('wakeDue', () => store.wakeDue(...args)),
    leftFlushes: (...args) => remote('leftFlushes', () => store.leftFlushes(...args)),
    deleteFlushes: (...args) => remote('deleteFlushes', () => store.deleteFlushes(...args)),
  };
}

/** The mailboxes as a process sees them over the network. */
export function remoteMailbox({ world, store: { mailbox } }: Simulation, process: SimProcess): Mailbox {
  const remote = <T>(name: string, apply: () => Promise<T>): Promise<T> =>
    world.call({ actor: process, what: `store.${name}`, apply });
  return {
    send: (message) => remote('sendMessage', () => mailbox.send(message)),
    take: (wait) => remote('takeMessage', () => mailbox.take(wait)),
  };
}

/** Its orders as a process reads them. */
export function remoteFleet({ world, store }: Simulation, process: SimProcess): Pick<WorkerFleet, 'orders'> {
  return {
    orders: (workerId) =>
      world.call({
        actor: process,
        what: 'store.orders',
        apply: async () => store.standings.orders(workerId),
      }),
  };
}

/** What a process is told about whether another still lives. */
export function remoteWitness(simulation: Simulation, process: SimProcess): WorkerWitness {
  return {
    isGone: (workerId) =>
      simulation.world.call({
        actor: process,
        what: 'witness',
        onLost: () => false,
        apply: async () => simulation.isGone(workerId),
      }),
  };
}
