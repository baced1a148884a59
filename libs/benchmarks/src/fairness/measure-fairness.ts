import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { submittedRun } from '@aos/contracts';
import type { Pool } from '@aos/database';
import { waitUntil, type Say, type TemporaryStack } from '@aos/tooling';
import { apiOfTenant, createAgent, goalOf, homeApi, type Api } from '../api.ts';
import { percentile } from '../statistics.ts';
import { queueDepth, queueLike, timesOf, timesSince, type RunTimes } from './backlog.ts';
import { claimDurations, claimPlan, logDurations, logPlans } from './claim-log.ts';
import { openSlowServer } from './slow-server.ts';

export interface FairnessOptions {
  queued: number;
  /** Runs of the other tenant, one after the other. */
  singles: number;
  replicas: number;
  explain: boolean;
}

export interface FairnessFigures {
  queued: number;
  /** What was still queued at the end. */
  queuedAtEnd: number;
  /** How long a run keeps its slot; p50. */
  serviceMs: number;
  /** How long the other tenant's runs waited for a slot; in service times. */
  startP50Services: number;
  startMaxServices: number;
  startP50Ms: number;
  startMaxMs: number;
  claims: number;
  claimP50Ms: number;
  claimP99Ms: number;
  /** How Postgres does a claim; absent where not asked for. */
  plan?: string;
}

const RUN_MS_MAX = 60_000;

/** A backlog of one tenant, then single runs of another. */
export async function measureFairness(
  { stack, folder }: TemporaryStack,
  pool: Pool,
  options: FairnessOptions & { say: Say },
): Promise<FairnessFigures> {
  const { queued, say } = options;
  const { orchestrator } = stack.services;
  if (orchestrator === undefined) throw new Error('the stack has no orchestrator');
  const log = () => readFileSync(join(folder, 'servers/postgres.log'), 'utf8');
  const server = await openSlowServer();
  try {
    const first = await openCaller(homeApi(stack.file), pool, server.url);
    const other = await openCaller(await apiOfTenant(stack.file, 'other'), pool, server.url);
    const { runId } = await first.run();
    await other.run();
    await orchestrator.stop();
    say(`queueing ${queued} runs of one tenant`);
    await queueLike(pool, runId, queued);
    await logDurations(pool);
    await orchestrator.restart();
    for (let replica = 1; replica < options.replicas; replica += 1) await stack.startAnother('orchestrator');
    say('a run of another tenant, again and again');
    const since = new Date();
    const logStart = statSync(join(folder, 'servers/postgres.log')).size;
    const singles: RunTimes[] = [];
    for (let run = 0; run < options.singles; run += 1) singles.push((await other.run()).times);
    const queuedAtEnd = await queueDepth(pool);
    const claims = claimDurations(log().slice(logStart));
    const served = await timesSince(pool, stack.file.tenant_id, since);
    const figures = summary({ queued, queuedAtEnd, served, singles, claims });
    if (!options.explain) return figures;
    return { ...figures, plan: await explained(pool, () => orchestrator.restart(), log) };
  } finally {
    server.close();
  }
}

/** A tenant whose runs make one slow call each. */
async function openCaller(api: Api, pool: Pool, url: string) {
  const agentId = await createAgent(api);
  const goal = goalOf([{ skill: 'http_call', params: { url } }]);
  const run = async (): Promise<{ runId: string; times: RunTimes }> => {
    const submitted = submittedRun.parse(await api.create(`/agents/${agentId}/goals`, goal));
    const runId = submitted.run_id;
    const what = `run ${runId} has ended`;
    return { runId, times: await waitUntil(() => timesOf(pool, runId), { timeoutMs: RUN_MS_MAX, what }) };
  };
  return { run };
}

interface Measured {
  queued: number;
  queuedAtEnd: number;
  served: readonly RunTimes[];
  singles: readonly RunTimes[];
  claims: readonly number[];
}

export function summary({ queued, queuedAtEnd, served, singles, claims }: Measured): FairnessFigures {
  const serviceMs = percentile(
    served.map(({ inSlotMs }) => inSlotMs),
    0.5,
  );
  const starts = singles.map(({ toStartMs }) => toStartMs);
  const [startP50Ms, startMaxMs] = [percentile(starts, 0.5), percentile(starts, 1)];
  return {
    queued,
    queuedAtEnd,
    serviceMs,
    startP50Services: startP50Ms / serviceMs,
    startMaxServices: startMaxMs / serviceMs,
    startP50Ms,
    startMaxMs,
    claims: claims.length,
    claimP50Ms: percentile(claims, 0.5),
    claimP99Ms: percentile(claims, 0.99),
  };
}

/** After the measurement, since writing plans down costs time itself. */
async function explained(pool: Pool, restart: () => Promise<void>, log: () => string): Promise<string> {
  if (!(await logPlans(pool))) return 'this Postgres has no auto_explain';
  await restart();
  return waitUntil(() => claimPlan(log()), { timeoutMs: RUN_MS_MAX, what: 'a claim in the log of Postgres' });
}
