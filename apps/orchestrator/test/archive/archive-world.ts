import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPool, type Pool } from '@aos/database';
import { orchestratorDatabase } from '@aos/database/orchestrator';
import { createLogger } from '@aos/telemetry';
import { v7 as newId } from 'uuid';
import type { ArchiveLedger } from '../../src/application/archive/archive-ledger.ts';
import type { ArchiveStore } from '../../src/application/archive/archive-store.ts';
import { archivedRuns } from '../../src/application/archive/archived-runs.ts';
import { JournalArchivist, type RetentionDays } from '../../src/application/archive/journal-archivist.ts';
import type { Submission } from '../../src/application/engine/ports.ts';
import type { RunReader } from '../../src/application/run-reader.ts';
import { ENGINE_VERSION } from '../../src/domain/run/state.ts';
import { archiveIndexRepository } from '../../src/outbound/archive/archive-index.repository.ts';
import { archiveLedgerRepository } from '../../src/outbound/archive/archive-ledger.repository.ts';
import { systemClock } from '../../src/outbound/clock.ts';
import { cloudEventOf } from '../../src/outbound/event.publisher.ts';
import { runsRepository } from '../../src/outbound/runs.repository.ts';
import { openPostgresWorld } from '../engine/postgres-world.ts';
import { newWorker, row, submission } from '../engine/store-world.ts';

const RETENTION: RetentionDays = {
  offloadAfterDays: 3,
  maxRetries: 2,
  keepJournalDays: 7,
  keepRunsDays: 7,
  keepKeysHours: 24,
};

/** What the archivist said, oldest first, as `what day reason`. */
type Told = string[];

interface Archivist {
  pass(): Promise<boolean>;
  told: Told;
}

interface ArchivistOptions {
  store: ArchiveStore;
  /** Which day it is. */
  today: string;
  ledger?: (real: ArchiveLedger) => ArchiveLedger;
  retention?: Partial<RetentionDays>;
  signal?: AbortSignal;
  /** Its connections, where they are to be cut. */
  pool?: Pool;
}

export type ArchiveWorld = Awaited<ReturnType<typeof openArchiveWorld>>;

/** A fresh database with ways to old days. */
export async function openArchiveWorld() {
  const world = await openPostgresWorld();
  const logger = createLogger({ service: 'test', level: 'silent' });
  const open = (url: string, applicationName = 'test'): Pool =>
    createPool({ url, applicationName, max: 3, logger });
  const engine = open(world.systemUrl);
  const app = open(world.appUrl);
  const database = orchestratorDatabase(app);
  return {
    ...world,
    engine,
    app,
    archivist: ({ store, today, ledger, retention, signal, pool = engine }: ArchivistOptions): Archivist => {
      const told: Told = [];
      const real = archiveLedgerRepository(pool);
      const archivist = new JournalArchivist({
        store,
        ledger: ledger?.(real) ?? real,
        toCloudEvent: (journalRow) => cloudEventOf(journalRow, 1),
        clock: {
          now: () => Date.parse(`${today}T12:00:00Z`),
          sleep: async () => undefined,
          after: () => () => undefined,
        },
        observer: {
          archived: (day) => told.push(`archived ${day}`),
          dropped: (day) => told.push(`dropped ${day}`),
          heldUp: (day, reason) => told.push(`held up ${day} ${reason}`),
          failed: (day, reason) => told.push(`failed ${day} ${reason}`),
          forgotRuns: (count) => told.push(`forgot ${count}`),
        },
        retention: { ...RETENTION, ...retention },
      });
      return { told, pass: () => archivist.pass(signal ?? new AbortController().signal) };
    },
    /** A process of its own as the database sees it, and its end by kill -9. */
    doomed: (name: string) => ({
      pool: open(world.systemUrl, name),
      kill: async () => {
        const text =
          'select pg_terminate_backend(pid, 5000) from pg_stat_activity where application_name = $1';
        await world.admin.query(text, [name]);
      },
    }),
    /** Reads as the request handlers do. */
    reader: (store: ArchiveStore): RunReader =>
      archivedRuns({
        runs: runsRepository(database),
        index: archiveIndexRepository(database),
        store,
        clock: systemClock,
      }),
    /** A partition as if this had been running on that day. */
    addPartition: async (day: string) => {
      const name = `orchestrator.run_events_${day.replaceAll('-', '')}`;
      await world.admin.query(`
        set role aos_owner;
        create table ${name} partition of orchestrator.run_events for values from ('${day}') to (date '${day}' + 1);
        reset role;`);
    },
    /** Runs admitted that day, each of a tenant of its own; ended the same day unless told otherwise. */
    addRuns: async (
      day: string,
      count: number,
      { isEnded = true, events = 3 } = {},
    ): Promise<Submission[]> => {
      const workerId = await newWorker(world.store);
      const runs: Submission[] = [];
      for (let index = 0; index < count; index += 1) {
        const msecs = Date.parse(`${day}T10:00:00Z`) + index;
        runs.push(submission(await world.addAgent(), { runId: newId({ msecs }) }));
      }
      await world.store.submit(workerId, 1, runs, 0);
      if (!isEnded) return runs;
      const wanted = new Set(runs.map(({ runId }) => runId));
      while (wanted.size > 0) {
        for (const { runId } of await world.store.claim(workerId, 50, ENGINE_VERSION)) wanted.delete(runId);
      }
      const finishedAt = `${day}T20:00:00.000Z`;
      const between = (run: Submission) =>
        Array.from({ length: events - 3 }, (_none, index) =>
          index === 0 ? startOf(run) : row(run, index + 3),
        );
      await world.store.flush({
        workerId,
        flushNo: 2,
        rows: runs.flatMap((run) => [...between(run), endOf(run, events, finishedAt)]),
        finished: runs.map((run) => ({ ...run, status: 'succeeded', costMicrocents: 7, finishedAt })),
        released: [],
        handledSignals: [],
        publishedUpTo: 1,
      });
      await world.admin.query('delete from orchestrator.unpublished where worker_id = $1', [workerId]);
      return runs;
    },
    /** A row that comes late into a run's journal. */
    addLateRow: async (run: Submission, seq: number) => {
      await engine.query(
        `insert into orchestrator.run_events (run_day, run_id, run_seq, tenant_id, agent_id, type, time, payload)
         select run_day, run_id, $2, tenant_id, agent_id, 'run.resumed', now(), '{"reason": "late"}'
         from orchestrator.runs where run_id = $1`,
        [run.runId, seq],
      );
    },
    archiveOf: async (day: string) =>
      (await world.admin.query('select * from orchestrator.journal_archives where run_day = $1', [day]))
        .rows[0],
    rowsOf: async (day: string): Promise<number> => {
      const count = 'select count(*)::int as rows from orchestrator.run_events where run_day = $1';
      return (await world.admin.query(count, [day])).rows[0].rows;
    },
    hasPartition: async (day: string): Promise<boolean> => {
      const name = `orchestrator.run_events_${day.replaceAll('-', '')}`;
      const { rows } = await world.admin.query('select to_regclass($1) is not null as is_there', [name]);
      return rows[0].is_there;
    },
    close: async () => {
      await engine.end();
      await database.close();
      await world.close();
    },
  };
}

/** With what JSON leaves as it is and line readers may stumble over. */
function startOf(run: Submission) {
  const data = { engine_version: ENGINE_VERSION, note: 'lines\n\u2028 and \r ä' };
  return { ...run, event: { seq: 3, type: 'run.started' as const, time: run.createdAt, data } };
}

function endOf(run: Submission, seq: number, time: string) {
  const costs = { cost_microcents: 7, cost_cents: 0.000007, input_tokens: 5, output_tokens: 3 };
  const data = { status: 'succeeded' as const, output: 'done', error: null, steps_finished: 1, ...costs };
  return { ...run, event: { seq, type: 'run.finished' as const, time, data } };
}

export const newFolder = (): string => mkdtempSync(join(tmpdir(), 'aos-archives-'));
