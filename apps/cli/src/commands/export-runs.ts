import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { RUN_STATUSES, runsList, type RunSummary } from '@aos/contracts';
import { Option, type Command } from 'commander';
import type { ApiClient } from '../api-client.ts';
import { showFailure, type CommandContext, type Perform } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import { ExportFile } from '../export/export-file.ts';
import { badUsage, type Result } from '../failure.ts';
import { isoTime } from '../option-parsers.ts';
import { facts } from '../render/table.ts';
import { examples } from './examples.ts';

interface ExportOptions {
  out: string;
  since?: string;
  until?: string;
  status?: string;
}

const PAGE = 200;
/** A tenant's reads are limited by the minute. */
const PATIENCE_MS = 60_000;
const RATE_LIMITED = 429;

export function addExportRuns(program: Command, perform: Perform, directory: string): void {
  program
    .command('export-runs')
    .description(
      'runs of the tenant, newest first, as export-run gives them; goes on where it was broken off',
    )
    .requiredOption('--out <file>', 'where to write them; one that is there is gone on with')
    .option('--since <time>', 'runs submitted then or later, ISO 8601', isoTime)
    .option('--until <time>', 'runs submitted before', isoTime)
    .addOption(new Option('--status <status>', 'only such runs').choices(RUN_STATUSES))
    .addHelpText(
      'after',
      examples('aos export-runs --since 2026-01-01T00:00:00Z --status failed --out runs.ndjson'),
    )
    .action((options: ExportOptions, command: Command) =>
      perform(command, async (context) => {
        const path = resolve(directory, options.out);
        try {
          return await exportAll(context, options, path);
        } catch (error) {
          const why = error instanceof Error ? error.message : 'failed';
          return showFailure(context, badUsage(`cannot write ${path}: ${why}`).failure);
        }
      }),
    );
}

async function exportAll(
  context: CommandContext,
  { since, until, status }: ExportOptions,
  path: string,
): Promise<ExitCode> {
  const file = new ExportFile(path);
  let cursor: string | undefined = await file.resume();
  const goneOnAfter = cursor ?? null;
  let runs = 0;
  for (let isLast = false; !isLast;) {
    const query = { limit: PAGE, cursor, status };
    const page = await patiently(() =>
      context.api.call({ method: 'GET', path: '/runs', query }, runsList.output),
    );
    if (!page.ok) return showFailure(context, page.failure);
    const { data, next_cursor: next } = page.value.parsed;
    for (const run of data.filter((found) => isWanted(found, since, until))) {
      const written = await exportOne(context.api, file, run.run_id);
      if (!written.ok) return showFailure(context, written.failure);
      runs += 1;
    }
    // Newest first: what comes after one that is too old is older.
    isLast = next === null || data.some(({ created_at: at }) => isBefore(at, since));
    cursor = next ?? undefined;
  }
  const { terminal, isJson } = context;
  if (isJson) terminal.out(JSON.stringify({ file: path, runs, gone_on_after: goneOnAfter }, null, 2));
  else
    terminal.out(
      facts(terminal, [
        ['file', path],
        ['runs', String(runs)],
        ['after', goneOnAfter ?? ''],
      ]),
    );
  return EXIT.done;
}

async function exportOne(api: ApiClient, file: ExportFile, runId: string): Promise<Result<undefined>> {
  const found = await patiently(() => api.download({ method: 'GET', path: `/runs/${runId}/export` }));
  if (!found.ok) return found;
  file.append(found.value.content);
  return { ok: true, value: undefined };
}

/** Waits as long as it is told to, once, where it was too fast. */
async function patiently<T>(ask: () => Promise<Result<T>>): Promise<Result<T>> {
  const answer = await ask();
  const problem = answer.ok ? undefined : answer.failure.problem;
  if (problem?.status !== RATE_LIMITED) return answer;
  await sleep(Math.min(problem.retry_after_ms ?? PATIENCE_MS, PATIENCE_MS));
  return ask();
}

function isWanted(
  { created_at: at }: RunSummary,
  since: string | undefined,
  until: string | undefined,
): boolean {
  return !isBefore(at, since) && (until === undefined || isBefore(at, until));
}

function isBefore(time: string, limit: string | undefined): boolean {
  return limit !== undefined && Date.parse(time) < Date.parse(limit);
}
