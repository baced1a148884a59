import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { CloudEvent, ExportOutput } from '@aos/contracts';
import { createPool, type Pool } from '@aos/database';
import { createLogger } from '@aos/telemetry';
import { exportFinished } from '../../src/application/export-finished.ts';
import type { Submission } from '../../src/application/engine/ports.ts';
import { ENGINE_VERSION } from '../../src/domain/run/state.ts';
import { cloudEventOf } from '../../src/outbound/event.publisher.ts';
import { finishedRunsRepository } from '../../src/outbound/finished-runs.repository.ts';
import { openPostgresWorld } from '../engine/postgres-world.ts';
import { newWorker, submission } from '../engine/store-world.ts';

const TIMELINE = 3;
const FROM = '2026-01-01T00:00:00.000Z';
const SAME_TIME = '2026-01-01T00:00:02.000Z';

let world: Awaited<ReturnType<typeof openPostgresWorld>>;
let engine: Pool;
/** In the order of their ends; two ended at once. */
let ended: Submission[];

beforeAll(async () => {
  world = await openPostgresWorld();
  const logger = createLogger({ service: 'test', level: 'silent' });
  engine = createPool({ url: world.systemUrl, applicationName: 'test', max: 1, logger });
  const times = ['2025-12-31T23:59:59.999Z', FROM, SAME_TIME, SAME_TIME, '2026-01-01T00:00:03.000Z'];
  ended = await Promise.all(times.map((time) => endedAt(time)));
  const [, , third, fourth] = ended;
  if (third === undefined || fourth === undefined) throw new Error('five runs');
  if (third.runId > fourth.runId) ended.splice(2, 2, fourth, third);
  await endedAt(new Date().toISOString());
});
afterAll(async () => {
  await engine.end();
  await world.close();
});

/** A run of a tenant of its own that has ended at the time. */
async function endedAt(finishedAt: string): Promise<Submission> {
  const { store } = world;
  const workerId = await newWorker(store);
  const run = submission(await world.addAgent());
  await store.submit(workerId, 1, [run], 0);
  for (;;) {
    const claims = await store.claim(workerId, 50, ENGINE_VERSION);
    if (claims.some(({ runId }) => runId === run.runId)) break;
    await Promise.all(claims.map((claim) => store.handBack(workerId, claim, true)));
  }
  const costs = { cost_microcents: 7, cost_cents: 0.000007, input_tokens: 5, output_tokens: 3 };
  const data = { status: 'succeeded' as const, output: null, error: null, steps_finished: 1, ...costs };
  await store.flush({
    workerId,
    flushNo: 2,
    rows: [{ ...run, event: { seq: 3, type: 'run.finished', time: finishedAt, data } }],
    finished: [{ ...run, status: 'succeeded', costMicrocents: 7, finishedAt }],
    released: [],
    handledSignals: [],
    publishedUpTo: 0,
  });
  return run;
}

async function exported(limit: number, cursor?: string, from = FROM): Promise<ExportOutput> {
  const useCase = exportFinished(finishedRunsRepository(engine), (row) => cloudEventOf(row, TIMELINE));
  const outcome = await useCase({}, { from, limit, ...(cursor !== undefined && { cursor }) });
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}

const runsIn = (events: readonly CloudEvent[]) => events.map(({ runid }) => runid);

describe('the export of ended runs', () => {
  it('gives the events of all tenants as they were published, oldest first, from the time on', async () => {
    const { events, next_cursor } = await exported(10);
    expect(runsIn(events)).toEqual(ended.slice(1).map(({ runId }) => runId));
    expect(next_cursor).toBeNull();
    const first = ended[1];
    expect(events[0]).toEqual({
      specversion: '1.0',
      id: `${TIMELINE}-${first?.runId}-3`,
      source: 'aos/orchestrator',
      type: 'run.finished',
      subject: `run/${first?.runId}`,
      time: FROM,
      datacontenttype: 'application/json',
      tenantid: first?.tenantId,
      agentid: first?.agentId,
      runid: first?.runId,
      runseq: 3,
      traceparent: first?.traceparent,
      data: {
        status: 'succeeded',
        output: null,
        error: null,
        steps_finished: 1,
        cost_microcents: 7,
        cost_cents: 0.000007,
        input_tokens: 5,
        output_tokens: 3,
      },
    });
  });

  it('goes on behind each page, between runs that ended at once, too', async () => {
    const seen: (string | undefined)[] = [];
    let cursor: string | undefined;
    for (let pages = 0; pages < 10; pages += 1) {
      const page = await exported(1, cursor);
      expect(page.events).toHaveLength(1);
      seen.push(...runsIn(page.events));
      if (page.next_cursor === null) break;
      cursor = page.next_cursor;
    }
    expect(seen).toEqual(ended.slice(1).map(({ runId }) => runId));
  });

  it('passes over runs whose journal is no longer kept, and goes on behind them', async () => {
    const gone = await endedAt('2024-01-01T00:00:00.000Z');
    await world.admin.query('delete from orchestrator.run_events where run_id = $1', [gone.runId]);
    const page = await exported(1, undefined, '2024-01-01T00:00:00.000Z');
    expect(page.events).toEqual([]);
    const next = await exported(1, page.next_cursor ?? '');
    expect(runsIn(next.events)).toEqual([ended[0]?.runId]);
  });

  it('refuses a cursor that is none', async () => {
    const useCase = exportFinished(finishedRunsRepository(engine), (row) => cloudEventOf(row, TIMELINE));
    expect(await useCase({}, { from: FROM, limit: 1, cursor: 'bm9uZQ' })).toMatchObject({
      ok: false,
      error: { code: 'invalid_request', details: { issues: [{ field: '/cursor' }] } },
    });
  });
});
