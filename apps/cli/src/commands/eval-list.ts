import { evaluationsList } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, type Perform } from '../command-context.ts';
import { wholeNumber } from '../option-parsers.ts';
import { evaluationsTable } from '../render/evaluation.ts';
import { examples } from './examples.ts';

interface Options {
  suite?: string;
  limit?: number;
  cursor?: string;
}

export function addEvalList(group: Command, perform: Perform): void {
  group
    .command('list')
    .description('list evaluations, newest first')
    .option('--suite <name>', 'only of this suite')
    .option('--limit <n>', 'how many', wholeNumber)
    .option('--cursor <cursor>', 'where the last page ended')
    .addHelpText('after', examples('aos eval list', 'aos eval list --suite golden --limit 5'))
    .action(({ suite, limit, cursor }: Options, command: Command) =>
      perform(command, (context) => {
        const request = {
          method: 'GET' as const,
          path: '/eval/evaluations',
          query: { suite, limit, cursor },
        };
        return callAndShow(context, request, evaluationsList.output, {
          text: ({ data, next_cursor }) => {
            if (data.length === 0) return 'no evaluations; make one with: aos eval run --suite golden';
            const more = next_cursor === null ? '' : `\nmore: the same with --cursor ${next_cursor}`;
            return evaluationsTable(context.terminal, data) + more;
          },
        });
      }),
    );
}
