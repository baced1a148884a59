import { suitesList } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, type Perform } from '../command-context.ts';
import { wholeNumber } from '../option-parsers.ts';
import { table } from '../render/table.ts';
import { oneLine } from '../render/text.ts';
import { examples } from './examples.ts';

interface Options {
  limit?: number;
  cursor?: string;
}

export function addEvalSuites(group: Command, perform: Perform): void {
  group
    .command('suites')
    .description('list the suites that can be run')
    .option('--limit <n>', 'how many', wholeNumber)
    .option('--cursor <cursor>', 'where the last page ended')
    .addHelpText('after', examples('aos eval suites', "aos eval suites --json | jq -r '.data[].name'"))
    .action(({ limit, cursor }: Options, command: Command) =>
      perform(command, (context) => {
        const request = { method: 'GET' as const, path: '/eval/suites', query: { limit, cursor } };
        return callAndShow(context, request, suitesList.output, {
          text: ({ data, next_cursor }) => {
            const rows = data.map((suite) => [
              oneLine(suite.name),
              suite.version === 0 ? 'shipped' : String(suite.version),
              String(suite.task_count),
              oneLine(suite.description ?? '', 60),
            ]);
            const more = next_cursor === null ? '' : `\nmore: the same with --cursor ${next_cursor}`;
            return table(context.terminal, ['SUITE', 'VERSION', 'TASKS', 'DESCRIPTION'], rows) + more;
          },
        });
      }),
    );
}
