import type { Pool } from '@aos/database';
import { waitUntil, type Say, type Server, type ServiceProcess, type Stack } from '@aos/tooling';
import { createAgent, homeApi } from '../api.ts';
import { booksOf, journalLengths, openRuns, runsByStatus, type Books, type OpenRun } from './books.ts';
import { Faults, type Fault, type Victim } from './faults.ts';
import { judgeEffects, judgeWatched, type EffectVerdict, type WatchVerdict } from './judge.ts';
import { Load } from './load.ts';
import { openReceiver } from './receiver.ts';
import { Watcher } from './watcher.ts';

export interface SoakFigures extends EffectVerdict, WatchVerdict, Books {
  faults: Record<string, number>;
  runs: Record<string, number>;
  /** Runs that are not the goals': a goal that was taken twice, or not at all. */
  runsTooMany: number;
  stuck: OpenRun[];
  /** Answers to goals that no fault excuses. */
  refusals: string[];
  gaps: number;
  reconnects: number;
}

const CLIENTS = 6;
const WATCHERS = 3;
/** After the last fault, for a lease to end, a restarted Postgres to grant a new one, and retries to come due. */
const SETTLE_MS = 120_000;

/** Load under faults for so long, then all is let come to rest and judged. */
export async function soak(stack: Stack, pool: Pool, forMs: number, say: Say): Promise<SoakFigures> {
  const receiver = await openReceiver();
  const watchers = Array.from({ length: WATCHERS }, () => new Watcher(stack.file));
  try {
    const api = homeApi(stack.file);
    const agentId = await createAgent(api);
    const onRun = (runId: string) => watchers.forEach((watcher) => watcher.follow(runId));
    const faults = new Faults(await victimsOf(stack), say);
    const load = new Load(CLIENTS, { api, agentId, receiverUrl: receiver.url, onRun });
    await faults.run(forMs);
    say('no more faults');
    await faults.heal();
    await load.stop();
    const stuck = await settle(pool, watchers, load);
    const effects = judgeEffects(load.effects(), receiver.calls);
    const runs = await runsByStatus(pool);
    const total = Object.values(runs).reduce((sum, count) => sum + count, 0);
    return {
      faults: faults.counts,
      runs,
      runsTooMany: total - load.accepted.size,
      stuck,
      refusals: load.refusals,
      ...effects,
      ...(await booksOf(pool)),
      ...watched(watchers, await journalLengths(pool)),
    };
  } finally {
    watchers.forEach((watcher) => watcher.close());
    receiver.close();
  }
}

/** Waits until every run has ended and every watcher knows; gives the runs that did not. */
async function settle(pool: Pool, watchers: readonly Watcher[], load: Load): Promise<OpenRun[]> {
  const isQuiet = async () =>
    (await openRuns(pool)).length === 0 && watchers.every(({ ended }) => ended.size >= load.accepted.size);
  await waitUntil(isQuiet, { timeoutMs: SETTLE_MS, what: 'all runs have ended' }).catch(() => undefined);
  return openRuns(pool);
}

function watched(watchers: readonly Watcher[], journals: ReadonlyMap<string, number>) {
  const verdicts = watchers.map((watcher) => ({
    ...judgeWatched(journals, watcher.seqs),
    gaps: watcher.gaps,
    reconnects: watcher.reconnects,
  }));
  const sum = (name: keyof (typeof verdicts)[number]) =>
    verdicts.reduce((total, verdict) => total + verdict[name], 0);
  return {
    eventsMissing: sum('eventsMissing'),
    eventsTwice: sum('eventsTwice'),
    eventsOutOfOrder: sum('eventsOutOfOrder'),
    gaps: sum('gaps'),
    reconnects: sum('reconnects'),
  };
}

async function victimsOf(stack: Stack): Promise<Victim[]> {
  const { orchestrator, router, ...bystanders } = stack.services;
  const { postgres, nats, redis } = stack.servers;
  if (!orchestrator || !router || !postgres || !nats || !redis) {
    throw new Error('the soak needs a whole stack of its own');
  }
  const any = ['killed', 'stopped'] as const;
  return [
    ofService('orchestrator', orchestrator, any),
    ofService('orchestrator 2', await stack.startAnother('orchestrator'), any),
    ofService('router', router, any),
    // To stop its first process would stop new connections only.
    ofServer('postgres', postgres, ['killed']),
    ofServer('nats', nats, any),
    ofServer('redis', redis, any),
    ...Object.values(bystanders).map((service) => ofService(service.name, service, [])),
  ];
}

function ofService(name: string, service: ServiceProcess, faults: readonly Fault[]): Victim {
  return {
    name,
    faults,
    pid: () => service.pid(),
    kill: () => service.kill9(),
    restart: () => service.restart(),
  };
}

function ofServer(name: string, server: Server, faults: readonly Fault[]): Victim {
  return {
    name,
    faults,
    pid: () => server.process()?.pid ?? 0,
    kill: () => server.kill(),
    restart: () => server.restart(),
  };
}
