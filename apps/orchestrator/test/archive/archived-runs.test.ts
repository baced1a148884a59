import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runsEvents, runsGet, type Command, type InputOf, type RequestContext } from '@aos/contracts';
import { connectMessaging } from '@aos/messaging';
import { createLogger } from '@aos/telemetry';
import { startNats, waitUntil } from '@aos/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { judgeJournal } from '../../src/application/replay/judge-journal.ts';
import type { Submission } from '../../src/application/engine/ports.ts';
import { localArchiveStore } from '../../src/outbound/archive/local-archive-store.ts';
import { startOrchestrator } from '../planner/orchestrator-app.ts';
import { newFolder, openArchiveWorld, type ArchiveWorld } from './archive-world.ts';

const DAY = '2001-05-10';
const root = newFolder();
const store = localArchiveStore(root);
let world: ArchiveWorld;
let runs: Submission[];

const unwanted = () => Promise.reject(new Error('no artifact is wanted'));

beforeAll(async () => {
  world = await openArchiveWorld();
  await world.addPartition(DAY);
  runs = await world.addRuns(DAY, 3, { events: 6 });
});
afterAll(async () => {
  await world.close();
  await rm(root, { recursive: true });
});

describe('an archived run', () => {
  it('is read as before, whole and in pages, by its tenant alone', async () => {
    const [, run] = runs;
    if (run === undefined) throw new Error('three runs');
    const { tenantId, runId } = run;
    const pages = [0, 2, 5, 6].map((after) => ({ after, limit: 3 }));
    const read = async () => {
      const reader = world.reader(store);
      const whole = await reader.findWithJournal(tenantId, runId);
      return {
        whole,
        replay: await judgeJournal({ read: unwanted }, { tenantId, runId, events: whole?.events ?? [] }),
        pages: await Promise.all(pages.map((page) => reader.events(tenantId, runId, page))),
      };
    };
    const before = await read();
    expect(before.pages.map((page) => page?.events.map(({ seq }) => seq))).toEqual([
      [1, 2, 3],
      [3, 4, 5],
      [6],
      [],
    ]);
    const archivist = world.archivist({ store, today: '2001-05-18', retention: { keepRunsDays: 1000 } });
    await archivist.pass();
    expect(await world.rowsOf(DAY)).toBe(0);
    expect(await read()).toEqual(before);
    expect(before.replay).toMatchObject({ ok: true, value: { run_id: runId } });
    const stranger = await world.reader(store).findWithJournal(runs[0]?.tenantId ?? '', runId);
    expect(stranger).toBeUndefined();
  });

  it('whose archive is damaged or gone is unavailable, not empty', async () => {
    const [run] = runs;
    const find = () => world.reader(store).findWithJournal(run?.tenantId ?? '', run?.runId ?? '');
    const file = join(root, `archive/${DAY}.ndjson.gz`);
    await writeFile(file, Buffer.alloc(10_000, 1));
    await expect(find()).rejects.toThrow(`the archive of ${DAY} is damaged`);
    await rm(file);
    await expect(find()).rejects.toThrow('is not in the artifact store');
  });
});

/** What the orchestrator says to the gateway while it runs with that folder. */
async function withOrchestrator(
  folder: string,
  action: (ask: <C extends Command>(command: C, input: InputOf<C>) => Promise<unknown>) => Promise<void>,
): Promise<void> {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const nats = await startNats();
  const app = await startOrchestrator(world, nats.urlFor('orchestrator'), {
    env: { ARTIFACT_PATH: folder, RUN_RETENTION_DAYS: '100000' },
  });
  const gateway = await connectMessaging({ url: nats.urlFor('api-gateway'), service: 'api-gateway', logger });
  try {
    await action((command, input) => gateway.request(command, contextOf(runs[0]?.tenantId ?? ''), input));
  } finally {
    await gateway.drain();
    await app.close();
    await nats.stop();
  }
}

function contextOf(tenantId: string): RequestContext {
  return {
    tenantId,
    actor: { id: 'key:test', level: 3 },
    requestId: 'test',
    deadlineMs: Date.now() + 20_000,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    signal: new AbortController().signal,
  };
}

const isDropped = async () => (await world.archiveOf('2001-06-10'))?.status === 'dropped';

describe('the orchestrator', () => {
  it('archives old days when it starts, and answers for their runs', async () => {
    const folder = newFolder();
    await world.addPartition('2001-06-10');
    runs = await world.addRuns('2001-06-10', 1, { events: 4 });
    const run_id = runs[0]?.runId ?? '';
    await withOrchestrator(folder, async (ask) => {
      await waitUntil(isDropped, { what: 'the day to leave the journal', timeoutMs: 20_000 });
      expect(await ask(runsGet, { run_id })).toMatchObject({
        ok: true,
        value: { status: 'succeeded', outcome: { output: 'done' } },
      });
      expect(await ask(runsEvents, { run_id, after: 2, limit: 100 })).toMatchObject({
        ok: true,
        value: { data: [{ runseq: 3 }, { runseq: 4 }] },
      });
    });
    await rm(folder, { recursive: true });
    await withOrchestrator(folder, async (ask) => {
      expect(await ask(runsGet, { run_id })).toMatchObject({
        ok: false,
        error: { code: 'unavailable', message: expect.stringContaining('is archived') },
      });
    });
  });
});
