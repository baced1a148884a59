import { agentsList } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, type Perform } from '../command-context.ts';
import { wholeNumber } from '../option-parsers.ts';
import { table } from '../render/table.ts';
import { cents, oneLine } from '../render/text.ts';
import { examples } from './examples.ts';

interface Options {
  limit?: number;
  cursor?: string;
}

export function addListAgents(program: Command, perform: Perform): void {
  program
    .command('list-agents')
    .description('list agents, newest first')
    .option('--limit <n>', 'how many', wholeNumber)
    .option('--cursor <cursor>', 'where the last page ended')
    .addHelpText('after', examples('aos list-agents', "aos list-agents --json | jq -r '.data[].agent_id'"))
    .action(({ limit, cursor }: Options, command: Command) =>
      perform(command, (context) => {
        const request = { method: 'GET' as const, path: '/agents', query: { limit, cursor } };
        return callAndShow(context, request, agentsList.output, {
          text: ({ data, next_cursor }) => {
            if (data.length === 0) return 'no agents; create one with: aos create-agent --name NAME';
            const rows = data.map((agent) => [
              agent.agent_id,
              oneLine(agent.name, 40),
              agent.budget_microcents === 0 ? 'none' : cents(agent.budget_cents),
              cents(agent.spent_cents),
              String(agent.open_runs),
              agent.created_at,
            ]);
            const more = next_cursor === null ? '' : `\nmore: aos list-agents --cursor ${next_cursor}`;
            return (
              table(context.terminal, ['AGENT', 'NAME', 'BUDGET', 'SPENT', 'OPEN', 'CREATED'], rows) + more
            );
          },
        });
      }),
    );
}
