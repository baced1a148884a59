import { opsArchiveList, opsArchiveRun, opsArchiveCheck, type ArchiveDay } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, type Perform } from '../../command-context.ts';
import { EXIT } from '../../exit-code.ts';
import { wholeNumber } from '../../option-parsers.ts';
import { table } from '../../render/table.ts';
import { byteCount, oneLine } from '../../render/text.ts';
import type { Terminal } from '../../terminal.ts';
import { examples } from '../examples.ts';

interface ListOptions {
  limit?: number;
  cursor?: string;
}

/** Days of the journal: where each is on its way into the archive, and whether what is there is what was put there. */
export function addArchive(ops: Command, perform: Perform): void {
  const group = ops
    .command('archive')
    .description('list the days of the journal and how far each has come on its way into the archive')
    .option('--limit <n>', 'how many', wholeNumber)
    .option('--cursor <cursor>', 'where the last page ended')
    .addHelpText(
      'after',
      `${examples('aos ops archive', 'aos ops archive run', 'aos ops archive verify 2026-01-31')}

kept: in the database. waiting, failed: DETAIL says why. verified: archived, and still in the database.
dropped: in the archive only; its runs are read from there.`,
    )
    .action((query: ListOptions, command: Command) =>
      perform(command, (context) =>
        callAndShow(
          context,
          { method: 'GET', path: '/admin/archive', query: { ...query } },
          opsArchiveList.output,
          {
            text: ({ data, next_cursor: cursor }) => {
              const more = cursor === null ? '' : `\nmore: the same with --cursor ${cursor}`;
              return (data.length === 0 ? 'no days' : daysText(context.terminal, data)) + more;
            },
          },
        ),
      ),
    );
  addArchiveRun(group, perform);
  addArchiveVerify(group, perform);
}

function addArchiveRun(group: Command, perform: Perform): void {
  group
    .command('run')
    .description('archive now what is old enough, rather than within the hour; failed days are tried again')
    .addHelpText('after', examples('aos ops archive run'))
    .action((_options: object, command: Command) =>
      perform(command, (context) =>
        callAndShow(context, { method: 'POST', path: '/admin/archive/run' }, opsArchiveRun.output, {
          text: ({ tried_again: again }) =>
            `begun${again === 0 ? '' : `; failed days tried again: ${again}`}. aos ops archive shows how far it is`,
        }),
      ),
    );
}

function addArchiveVerify(group: Command, perform: Perform): void {
  group
    .command('verify')
    .description('read the archive of a day back, to the last event, and compare it with what was exported')
    .argument('<day>', 'as in 2026-01-31')
    .addHelpText(
      'after',
      `${examples('aos ops archive verify 2026-01-31')}\n\nExit code 1 when it is not intact.`,
    )
    .action((day: string, _options: object, command: Command) =>
      perform(command, (context) => {
        const path = `/admin/archive/${encodeURIComponent(day)}/verify`;
        return callAndShow(context, { method: 'POST', path }, opsArchiveCheck.output, {
          text: ({ intact, detail, events, runs, bytes }) =>
            intact
              ? `${day} is intact: ${events} events of ${runs} runs, ${byteCount(bytes ?? 0)}`
              : `${day} is NOT intact: ${detail}`,
          exitCode: ({ intact }) => (intact ? EXIT.done : EXIT.failed),
        });
      }),
    );
}

function daysText(terminal: Terminal, days: readonly ArchiveDay[]): string {
  const rows = days.map((day) => [
    day.run_day,
    day.status,
    shown(day.runs, String),
    shown(day.events, String),
    shown(day.bytes, byteCount),
    day.updated_at ?? '',
    oneLine(day.reason ?? '', 200),
  ]);
  return table(terminal, ['DAY', 'STATUS', 'RUNS', 'EVENTS', 'SIZE', 'CHANGED', 'DETAIL'], rows);
}

const shown = (value: number | null, text: (value: number) => string): string =>
  value === null ? '' : text(value);
