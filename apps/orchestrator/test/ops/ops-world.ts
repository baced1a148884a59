import { randomUUID } from 'node:crypto';
import type { RequestContext } from '@aos/contracts';
import { createPool, type Pool } from '@aos/database';
import { createLogger } from '@aos/telemetry';
import type { ClaimedRun, EventPublisher, Submission, Ticket } from '../../src/application/engine/ports.ts';
import type { Audit, AuditEntry } from '../../src/application/ops/audit.ts';
import { ENGINE_VERSION } from '../../src/domain/run/state.ts';
import { openPostgresWorld } from '../engine/postgres-world.ts';
import { newWorker, row, submission, type AgentPlace } from '../engine/store-world.ts';

type PostgresWorld = Awaited<ReturnType<typeof openPostgresWorld>>;

/** The engine's tables, and what operators leave behind: tickets, nudges, lines of the audit log. */
export interface OpsWorld extends PostgresWorld {
  /** Login aos_engine. */
  engine: Pool;
  publisher: EventPublisher;
  tickets: Ticket[];
  nudged: string[];
  audit: Audit;
  audited: AuditEntry[];
  /** A run in the queue. */
  queued(agent: AgentPlace, more?: Partial<Submission>): Promise<Submission>;
  claimed(workerId: string, run: Submission): Promise<ClaimedRun>;
  /** A run that has left its slot to wait. */
  waiting(agent: AgentPlace, reason: string, readyAt: string | null): Promise<Submission>;
}

export async function openOpsWorld(): Promise<OpsWorld> {
  const world = await openPostgresWorld();
  const logger = createLogger({ service: 'test', level: 'silent' });
  const engine = createPool({ url: world.systemUrl, applicationName: 'test-ops', max: 4, logger });
  const tickets: Ticket[] = [];
  const nudged: string[] = [];
  const audited: AuditEntry[] = [];
  const { store } = world;
  const queued: OpsWorld['queued'] = async (agent, more) => {
    const run = submission(agent, more);
    await store.submit(await newWorker(store), 1, [run], 0);
    return run;
  };
  const claimed: OpsWorld['claimed'] = async (workerId, run) => {
    for (;;) {
      const claims = await store.claim(workerId, 10, ENGINE_VERSION);
      const own = claims.find(({ runId }) => runId === run.runId);
      const others = claims.filter((claim) => claim !== own);
      for (const claim of others) await store.handBack(workerId, claim, true);
      if (own !== undefined) return own;
      if (others.length === 0) throw new Error('cannot be claimed');
    }
  };
  return {
    ...world,
    engine,
    tickets,
    nudged,
    audited,
    publisher: {
      publish: async () => undefined,
      publishTickets: async (more) => void tickets.push(...more),
      nudge: (workerId) => void nudged.push(workerId),
    },
    audit: (_context, entry) => void audited.push(entry),
    queued,
    claimed,
    waiting: async (agent, reason, readyAt) => {
      const run = await queued(agent);
      const workerId = await newWorker(store);
      const { seq } = await claimed(workerId, run);
      await store.flush({
        workerId,
        flushNo: 2,
        rows: [row(run, seq + 1, reason)],
        finished: [],
        released: [{ ...run, reason, readyAt }],
        handledSignals: [],
        publishedUpTo: 0,
      });
      return run;
    },
    close: async () => {
      await engine.end();
      await world.close();
    },
  };
}

/** A manager of a tenant. */
export function managerOf(tenantId: string): RequestContext {
  return {
    tenantId,
    actor: { id: 'key:manager', level: 4 },
    requestId: randomUUID(),
    deadlineMs: Date.now() + 10_000,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    signal: new AbortController().signal,
  };
}

/** Whoever runs the installation. */
export function platform(tenantId = 'default'): RequestContext {
  return { ...managerOf(tenantId), actor: { id: 'key:bootstrap', level: 5, isForAllTenants: true } };
}

/** An owner of one tenant: as high as a level goes, but not of the platform. */
export function ownerOf(tenantId: string): RequestContext {
  return { ...managerOf(tenantId), actor: { id: 'key:owner', level: 5 } };
}
