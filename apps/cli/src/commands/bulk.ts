import { BULK_ACTIONS, runsBulk, type BulkAction, type OutputOf, type RunOnFailure } from '@aos/contracts';
import type { Command } from 'commander';
import { showFailure, type CommandContext, type Perform } from '../command-context.ts';
import { EXIT, type ExitCode } from '../exit-code.ts';
import type { Result } from '../failure.ts';
import { label } from '../option-parsers.ts';
import { statusText } from '../render/status.ts';
import { table } from '../render/table.ts';
import { oneLine } from '../render/text.ts';
import { examples } from './examples.ts';
import { onFailureOption } from './on-failure.ts';

type Page = OutputOf<typeof runsBulk>;

interface Options {
  agent?: string;
  status?: string;
  label?: Record<string, string>;
  before?: string;
  after?: string;
  reason?: string;
  onFailure?: RunOnFailure;
  yes?: true;
}

/** How many are done with one request, and shown of those that would be hit. */
const AT_ONCE = 100;
const SHOWN = 20;

const WORDS: Readonly<Record<BulkAction, { description: string; done: string }>> = {
  cancel: { description: 'ask for many runs to be cancelled', done: 'asked to cancel' },
  retry: {
    description: 'run many failed or cancelled runs again from the step that failed',
    done: 'runs again',
  },
};

/** `bulk-<action>` for each action there is. */
export function addBulk(program: Command, perform: Perform): void {
  for (const action of BULK_ACTIONS) addBulkAction(program, perform, action);
}

function addBulkAction(program: Command, perform: Perform, action: BulkAction): void {
  const bulk = program
    .command(`bulk-${action}`)
    .description(`${WORDS[action].description}; without --yes only tells which`)
    .option('--agent <id>', 'only of this agent')
    .option('--status <status>', 'only those with this status')
    .option('--label <key=value>', 'only those with this label; may be repeated', label)
    .option('--before <time>', 'only those created before, as in 2026-01-31T00:00:00Z')
    .option('--after <time>', 'only those created then or later')
    .option('--reason <text>', 'kept with the runs')
    .option('--dry-run', 'only tell which would be hit (the default)')
    .option('--yes', 'do it')
    .addHelpText(
      'after',
      examples(
        `aos bulk-${action} --agent AGENT_ID --label team=red`,
        `aos bulk-${action} --agent AGENT_ID --yes`,
      ),
    )
    .action((options: Options & { dryRun?: true }, command: Command) =>
      perform(command, (context) =>
        options.yes === true && options.dryRun !== true
          ? doAll(context, action, options)
          : tellWhich(context, action, options),
      ),
    );
  if (action === 'cancel') bulk.addOption(onFailureOption('each goal or its agent'));
}

async function tellWhich(context: CommandContext, action: BulkAction, options: Options): Promise<ExitCode> {
  const answer = await ask(context, bodyOf(action, options, { dry_run: true, limit: SHOWN }));
  if (!answer.ok) return showFailure(context, answer.failure);
  const page = answer.value;
  const { terminal } = context;
  if (context.isJson) terminal.out(JSON.stringify(page, null, 2));
  else if (page.matched === 0) terminal.out('no run would be hit');
  else terminal.out(`${runsText(context, page)}\n${page.matched} would be hit; do it with --yes`);
  return EXIT.done;
}

/** Page by page; what fails is told and left, and a page that cannot be had ends it with what was done. */
async function doAll(context: CommandContext, action: BulkAction, options: Options): Promise<ExitCode> {
  const { terminal, isJson } = context;
  const failures: Page['data'] = [];
  let done = 0;
  let cursor: string | undefined;
  do {
    const answer = await ask(context, bodyOf(action, options, { dry_run: false, limit: AT_ONCE, cursor }));
    if (!answer.ok) {
      if (!isJson && done > 0) terminal.err(`${done} done before it failed`);
      return showFailure(context, answer.failure);
    }
    const page = answer.value;
    done += page.done;
    failures.push(...page.data.filter(({ outcome }) => outcome === 'failed'));
    cursor = page.next_cursor ?? undefined;
    if (!isJson && cursor !== undefined)
      terminal.err(
        `${done + failures.length} of ${done + failures.length + page.matched - page.data.length}`,
      );
  } while (cursor !== undefined);
  if (isJson) terminal.out(JSON.stringify({ action, done, failed: failures.length, failures }, null, 2));
  else terminal.out(summaryText(context, action, { done, failures }));
  return failures.length > 0 ? EXIT.failed : EXIT.done;
}

async function ask({ api }: CommandContext, body: unknown): Promise<Result<Page>> {
  const answer = await api.call({ method: 'POST', path: '/runs/bulk', body }, runsBulk.output);
  return answer.ok ? { ok: true, value: answer.value.parsed } : answer;
}

function bodyOf(action: BulkAction, options: Options, page: object): object {
  const { agent, status, label: labels, before, after, reason, onFailure } = options;
  const filter = { agent_id: agent, status, labels, created_before: before, created_after: after };
  return { action, filter, reason, on_failure: onFailure, ...page };
}

function runsText({ terminal }: CommandContext, { data }: Page): string {
  const rows = data.map((run) => [run.run_id, statusText(terminal, run.status), oneLine(run.goal, 60)]);
  return table(terminal, ['RUN', 'STATUS', 'GOAL'], rows);
}

function summaryText(
  { terminal }: CommandContext,
  action: BulkAction,
  { done, failures }: { done: number; failures: Page['data'] },
): string {
  const sum = `${WORDS[action].done}: ${done}, failed: ${failures.length}`;
  if (failures.length === 0) return sum;
  const rows = failures.map(({ run_id, error }) => [run_id, oneLine(error?.message ?? '')]);
  return `${table(terminal, ['RUN', 'WHY IT FAILED'], rows)}\n${sum}`;
}
