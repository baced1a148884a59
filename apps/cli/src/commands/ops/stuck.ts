import { opsStuck } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, type Perform } from '../../command-context.ts';
import { seconds, wholeNumber } from '../../option-parsers.ts';
import { statusText } from '../../render/status.ts';
import { table } from '../../render/table.ts';
import { oneLine } from '../../render/text.ts';
import { examples } from '../examples.ts';

interface Options {
  olderThan?: number;
  allTenants?: true;
  limit?: number;
  cursor?: string;
}

export function addStuck(group: Command, perform: Perform): void {
  group
    .command('stuck')
    .description('list unfinished runs that do not move, each with the reason')
    .option(
      '--older-than <duration>',
      'silent for at least so long, as in 90s, 5m, 2h, 1d (default: 5m)',
      seconds,
    )
    .option('--all-tenants', 'of every tenant; needs the key of the installation')
    .option('--limit <n>', 'how many', wholeNumber)
    .option('--cursor <cursor>', 'where the last page ended')
    .addHelpText('after', examples('aos ops stuck', 'aos ops stuck --older-than 1h --all-tenants'))
    .action(({ olderThan, allTenants, limit, cursor }: Options, command: Command) =>
      perform(command, (context) => {
        const { terminal } = context;
        const query = {
          older_than_seconds: olderThan,
          all_tenants: allTenants === true ? 'true' : undefined,
          limit,
          cursor,
        };
        return callAndShow(context, { method: 'GET', path: '/admin/runs/stuck', query }, opsStuck.output, {
          text: ({ data, next_cursor }) => {
            const more = next_cursor === null ? '' : `\nmore: the same with --cursor ${next_cursor}`;
            if (data.length === 0) return `no stuck runs${more}`;
            const rows = data.map((run) => [
              run.run_id,
              ...(allTenants === true ? [run.tenant_id] : []),
              statusText(terminal, run.status),
              run.reason,
              run.since,
              oneLine(run.detail),
            ]);
            const tenant = allTenants === true ? ['TENANT'] : [];
            return table(terminal, ['RUN', ...tenant, 'STATUS', 'REASON', 'SINCE', 'DETAIL'], rows) + more;
          },
        });
      }),
    );
}
