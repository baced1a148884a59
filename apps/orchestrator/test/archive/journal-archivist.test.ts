import { createHash } from 'node:crypto';
import { appendFile, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { ArchiveStore } from '../../src/application/archive/archive-store.ts';
import { localArchiveStore } from '../../src/outbound/archive/local-archive-store.ts';
import { newFolder, openArchiveWorld, type ArchiveWorld } from './archive-world.ts';

const DAY = '2001-05-10';
/** When more than three days have gone by since, and when more than seven. */
const AT_OFFLOAD = '2001-05-14';
const AT_DROP = '2001-05-18';

let world: ArchiveWorld;
let root: string;
let store: ArchiveStore;

beforeEach(async () => {
  world = await openArchiveWorld();
  await world.addPartition(DAY);
  root = newFolder();
  store = localArchiveStore(root);
});
afterEach(async () => {
  await world.close();
  await rm(root, { recursive: true });
});

const archiveFile = (): string => join(root, `archive/${DAY}.ndjson.gz`);

describe('the archivist', () => {
  it('archives a day when it is old enough, and drops it when it need not be at hand', async () => {
    const runs = await world.addRuns(DAY, 2, { events: 5 });
    const early = world.archivist({ store, today: '2001-05-13' });
    await early.pass();
    expect(early.told).toEqual([]);

    const first = world.archivist({ store, today: AT_OFFLOAD });
    expect(await first.pass()).toBe(true);
    expect(first.told).toEqual([`archived ${DAY}`]);
    const content = await readFile(archiveFile());
    const lines = gunzipSync(content)
      .toString()
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines.map(({ runid, runseq }) => [runid, runseq])).toEqual(
      runs.flatMap(({ runId }) => [1, 2, 3, 4, 5].map((seq) => [runId, seq])),
    );
    expect(lines[0]).toMatchObject({ specversion: '1.0', type: 'run.queued', tenantid: runs[0]?.tenantId });
    const manifest = JSON.parse(await readFile(join(root, `archive/${DAY}.json`), 'utf8'));
    const sha256 = createHash('sha256').update(content).digest('hex');
    expect(manifest).toMatchObject({ run_day: DAY, runs: 2, events: 10, sha256, bytes: content.byteLength });
    expect(await world.archiveOf(DAY)).toMatchObject({ status: 'verified', sha256, attempts: 0 });
    expect(await world.rowsOf(DAY)).toBe(10);

    const second = world.archivist({ store, today: AT_DROP, retention: { keepRunsDays: 1000 } });
    await second.pass();
    expect(second.told).toEqual([`dropped ${DAY}`]);
    expect(await world.hasPartition(DAY)).toBe(false);
    expect(await world.archiveOf(DAY)).toMatchObject({ status: 'dropped' });
    await second.pass();
    expect(second.told).toEqual([`dropped ${DAY}`]);
  });

  it('archives and drops at once what is old enough for both, days without runs and days without a partition, too', async () => {
    const withoutPartition = '2001-05-09';
    await world.addRuns(withoutPartition, 3);
    const archivist = world.archivist({ store, today: AT_DROP, retention: { keepRunsDays: 1000 } });
    await archivist.pass();
    expect(archivist.told).toEqual(
      [withoutPartition, DAY].flatMap((each) => [`archived ${each}`, `dropped ${each}`]),
    );
    expect([await world.rowsOf(withoutPartition), await world.hasPartition(DAY)]).toEqual([0, false]);
    expect(await world.archiveOf(DAY)).toMatchObject({ events: '0', runs: '0', status: 'dropped' });
  });

  it('leaves a day alone while one of its runs has not ended, says which, and goes on with others', async () => {
    const other = '2001-05-11';
    await world.addPartition(other);
    await world.addRuns(other, 1);
    const [open] = await world.addRuns(DAY, 1, { isEnded: false });
    const archivist = world.archivist({
      store,
      today: AT_DROP,
      retention: { keepJournalDays: 6, keepRunsDays: 1000 },
    });
    await archivist.pass();
    const reason = `1 of its runs has not ended; the first is ${open?.runId} (queued)`;
    expect(archivist.told).toEqual([`held up ${DAY} ${reason}`, `archived ${other}`, `dropped ${other}`]);
    expect(await world.archiveOf(DAY)).toMatchObject({ status: 'waiting', reason });
    const drop = await world.engine.query(`select orchestrator.drop_archived_day($1) as reason`, [DAY]);
    expect(drop.rows).toEqual([{ reason: 'its archive is not verified' }]);
    expect(await world.rowsOf(DAY)).toBe(2);
  });

  it('never drops a row that came after the export: the day is archived again, with it', async () => {
    const [run] = await world.addRuns(DAY, 1);
    if (run === undefined) throw new Error('one run');
    await world.archivist({ store, today: AT_OFFLOAD }).pass();
    await world.addLateRow(run, 4);
    const archivist = world.archivist({ store, today: AT_DROP, retention: { keepRunsDays: 1000 } });
    await archivist.pass();
    const reason = 'the journal has 4 events of 1 runs, its archive 3 of 1';
    expect(archivist.told).toEqual([`held up ${DAY} ${reason}`]);
    expect(await world.rowsOf(DAY)).toBe(4);
    await archivist.pass();
    expect(archivist.told.slice(1)).toEqual([`archived ${DAY}`, `dropped ${DAY}`]);
    await world.addLateRow(run, 5);
    const { events } = (await world.reader(store).findWithJournal(run.tenantId, run.runId)) ?? { events: [] };
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
    await archivist.pass();
    expect(await world.rowsOf(DAY)).toBe(1);
    expect(archivist.told.at(-1)).toContain('events that came after it was archived stay in the journal');
  });

  it('does not drop while a run is open again, or an event not yet published', async () => {
    const [run] = await world.addRuns(DAY, 1);
    await world.archivist({ store, today: AT_OFFLOAD }).pass();
    const drop = async () =>
      (await world.engine.query(`select orchestrator.drop_archived_day($1) as reason`, [DAY])).rows[0].reason;
    const finishedAt = (time: string | null) =>
      world.admin.query('update orchestrator.runs set finished_at = $2 where run_id = $1', [
        run?.runId,
        time,
      ]);
    await finishedAt(null);
    expect(await drop()).toBe('a run of the day has not ended');
    await finishedAt(`${DAY}T20:00:00Z`);
    await world.admin.query(
      `insert into orchestrator.unpublished (worker_id, flush_no, events, tickets)
       values (gen_random_uuid(), 1, json_build_array(json_build_array($1::text, 1, 2)), '[]')`,
      [run?.runId],
    );
    expect(await drop()).toBe('events of the day are not published yet');
    await world.admin.query('delete from orchestrator.unpublished');
    expect(await drop()).toBeNull();
    expect(await drop()).toBeNull();
  });

  it('notices an upload that is not what was sent, tries again, and drops nothing', async () => {
    await world.addRuns(DAY, 1);
    const damaging: ArchiveStore = {
      ...store,
      write: async (name, content, signal) => {
        await store.write(name, content, signal);
        if (!name.endsWith('.gz')) return;
        const bytes = await readFile(archiveFile());
        bytes.writeUInt8(bytes.readUInt8(9) ^ 1, 9);
        await writeFile(archiveFile(), bytes);
      },
    };
    const archivist = world.archivist({ store: damaging, today: AT_DROP });
    await archivist.pass();
    expect(archivist.told).toHaveLength(3);
    expect(archivist.told.at(-1)).toContain(`failed ${DAY} read back, the archive has sha256`);
    expect(await world.archiveOf(DAY)).toMatchObject({ status: 'failed', attempts: 3 });
    expect(await world.rowsOf(DAY)).toBe(3);
    await archivist.pass();
    expect(archivist.told).toHaveLength(3);

    await world.admin.query(
      `update orchestrator.journal_archives set updated_at = '${AT_DROP}T11:00:00Z'::timestamptz - interval '1 day'
       where run_day = $1`,
      [DAY],
    );
    const mended = world.archivist({ store, today: AT_DROP });
    await mended.pass();
    expect(mended.told.slice(0, 2)).toEqual([`archived ${DAY}`, `dropped ${DAY}`]);
  });

  it.each([
    ['damaged', (file: string) => appendFile(file, 'x')],
    ['gone', (file: string) => rm(file)],
  ])('makes an archive again that is %s when the day is to be dropped', async (_what, harm) => {
    await world.addRuns(DAY, 1);
    await world.archivist({ store, today: AT_OFFLOAD }).pass();
    await harm(archiveFile());
    const archivist = world.archivist({ store, today: AT_DROP, retention: { keepRunsDays: 1000 } });
    await archivist.pass();
    expect(archivist.told).toEqual([
      `held up ${DAY} the archive is no longer what was verified; it is made again`,
    ]);
    expect(await world.rowsOf(DAY)).toBe(3);
    await archivist.pass();
    expect(archivist.told.slice(1)).toEqual([`archived ${DAY}`, `dropped ${DAY}`]);
  });

  it('gives up dropping while the journal is in use, rather than make its writers queue', async () => {
    await world.addRuns(DAY, 1);
    const archivist = world.archivist({ store, today: AT_DROP, retention: { keepRunsDays: 1000 } });
    const reading = await world.engine.connect();
    await reading.query('begin');
    await reading.query('select count(*) from orchestrator.run_events');
    await archivist.pass();
    expect(archivist.told).toEqual([
      `archived ${DAY}`,
      `held up ${DAY} canceling statement due to lock timeout`,
    ]);
    expect(await world.archiveOf(DAY)).toMatchObject({ status: 'verified' });
    await reading.query('commit');
    reading.release();
    await archivist.pass();
    expect(archivist.told.at(-1)).toBe(`dropped ${DAY}`);
  });

  it('stops when its process does, without a failure counted', async () => {
    await world.addRuns(DAY, 1);
    const stop = new AbortController();
    const archivist = world.archivist({
      store: {
        ...store,
        write: async (name, content, signal) => {
          stop.abort();
          await store.write(name, content, signal);
        },
      },
      today: AT_DROP,
      signal: stop.signal,
    });
    await archivist.pass();
    expect(await world.archiveOf(DAY)).toMatchObject({
      status: 'waiting',
      reason: 'the process that archived it was stopped',
    });
    expect(await world.rowsOf(DAY)).toBe(3);
  });

  it('forgets the runs of dropped days after their retention, and never before their keys', async () => {
    const [run] = await world.addRuns(DAY, 1);
    const tenantId = run?.tenantId ?? '';
    const runId = run?.runId ?? '';
    const pass = async (retention: { keepRunsDays: number; keepKeysHours?: number }) => {
      const archivist = world.archivist({ store, today: AT_DROP, retention });
      await archivist.pass();
      return archivist.told.filter((line) => !line.includes(DAY));
    };
    expect(await pass({ keepRunsDays: 8 })).toEqual([]);
    expect(await pass({ keepRunsDays: 1, keepKeysHours: 8 * 24 })).toEqual([]);
    expect(await world.reader(store).find(tenantId, runId)).toBeDefined();
    expect(await pass({ keepRunsDays: 7 })).toEqual(['forgot 1']);
    expect(await world.reader(store).find(tenantId, runId)).toBeUndefined();
    const { rows } = await world.admin.query('select from orchestrator.archived_runs where run_id = $1', [
      runId,
    ]);
    expect(rows).toEqual([]);
  });
});

describe('who may archive', () => {
  it('is the engine: request handlers may neither drop a day nor see how far they are', async () => {
    for (const sql of [
      `select orchestrator.drop_archived_day('2000-01-01')`,
      'select * from orchestrator.journal_archives',
      'drop table orchestrator.run_events_default',
      'delete from orchestrator.run_events',
      'insert into orchestrator.archived_runs select gen_random_uuid(), now(), $$a$$, 0, 1',
    ]) {
      await expect(world.app.query(sql)).rejects.toThrow(/permission denied|must be owner/);
    }
    await expect(world.engine.query('drop table orchestrator.run_events_default')).rejects.toThrow(
      'must be owner',
    );
    expect((await world.app.query('select * from orchestrator.archived_runs')).rows).toEqual([]);
  });

  it('is one process at a time', async () => {
    await world.addRuns(DAY, 1);
    const other = world.archivist({ store, today: AT_OFFLOAD });
    const answers: boolean[] = [];
    const archivist = world.archivist({
      store: {
        ...store,
        write: async (...args) => {
          answers.push(await other.pass());
          await store.write(...args);
        },
      },
      today: AT_OFFLOAD,
    });
    expect(await archivist.pass()).toBe(true);
    expect(answers).toEqual([false, false]);
    expect(other.told).toEqual([]);
    expect(await other.pass()).toBe(true);
  });
});
