import { usageGet } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, type Perform } from '../command-context.ts';
import { commaSeparated, wholeNumber } from '../option-parsers.ts';
import { usageText } from '../render/usage.ts';
import { examples } from './examples.ts';

interface Options {
  from?: string;
  to?: string;
  by?: string[];
  meter?: string;
  agent?: string;
  model?: string;
  limit: number;
  cursor?: string;
}

/** The most lines the API gives at once. */
const LINES = 200;

export function addUsage(program: Command, perform: Perform): void {
  program
    .command('usage')
    .description('show what was used: model calls, tokens, runs and steps, with cost')
    .option('--from <day>', 'first UTC day, as in 2026-01-31 (default: the first of the month)')
    .option('--to <day>', 'last UTC day (default: today)')
    .option('--by <groups>', 'a line for each: of meter, agent, model, day; comma-separated', commaSeparated)
    .option('--meter <meter>', 'only llm_calls, llm_input_tokens, llm_output_tokens, runs or steps')
    .option('--agent <id>', 'only of this agent')
    .option('--model <name>', 'only of this model')
    .option('--limit <n>', 'how many lines', wholeNumber, LINES)
    .option('--cursor <cursor>', 'where the last page ended')
    .addHelpText(
      'after',
      `${examples(
        'aos usage',
        'aos usage --by day --meter runs --from 2026-01-01 --to 2026-01-31',
        'aos usage --by agent,model --meter llm_calls',
        'aos usage --json | jq .total_cost_cents',
      )}\n\nThe cost of a model call stands on llm_calls; it is in no other line again.`,
    )
    .action((options: Options, command: Command) =>
      perform(command, (context) => {
        const { by = [] } = options;
        const request = { method: 'GET' as const, path: '/usage', query: queryOf(options) };
        return callAndShow(context, request, usageGet.output, {
          text: (usage) => {
            const more =
              usage.next_cursor === null ? '' : `\nmore: the same with --cursor ${usage.next_cursor}`;
            return usageText(context.terminal, usage, by) + more;
          },
        });
      }),
    );
}

function queryOf({ by, agent, ...rest }: Options): Record<string, string | number | undefined> {
  return { ...rest, group_by: by?.join(','), agent_id: agent };
}
