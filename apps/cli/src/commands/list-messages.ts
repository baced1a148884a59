import { messagesList, type MailboxMessage } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, type Perform } from '../command-context.ts';
import { wholeNumber } from '../option-parsers.ts';
import { table } from '../render/table.ts';
import { oneLine } from '../render/text.ts';
import { examples } from './examples.ts';

interface Options {
  type?: string;
  correlationId?: string;
  state?: string;
  limit?: number;
  cursor?: string;
}

export function addListMessages(program: Command, perform: Perform): void {
  program
    .command('list-messages')
    .description('list the messages sent to an agent, newest first')
    .argument('<agent-id>')
    .option('--type <type>', 'only of this type')
    .option('--correlation-id <id>', 'only with this correlation id')
    .option('--state <state>', 'waiting: nobody has taken them; taken')
    .option('--limit <n>', 'how many', wholeNumber)
    .option('--cursor <cursor>', 'where the last page ended')
    .addHelpText('after', examples('aos list-messages AGENT_ID --state waiting'))
    .action((agentId: string, options: Options, command: Command) =>
      perform(command, (context) => {
        const { type, correlationId, state, limit, cursor } = options;
        const query = { type, correlation_id: correlationId, state, limit, cursor };
        const path = `/agents/${encodeURIComponent(agentId)}/messages`;
        return callAndShow(context, { method: 'GET', path, query }, messagesList.output, {
          text: ({ data, next_cursor }) => {
            if (data.length === 0) return 'no messages';
            const more =
              next_cursor === null ? '' : `\nmore: aos list-messages ${agentId} --cursor ${next_cursor}`;
            const columns = ['MESSAGE', 'TYPE', 'FROM', 'BODY', 'CORRELATION', 'SENT', 'TAKEN BY RUN'];
            return table(context.terminal, columns, data.map(cellsOf)) + more;
          },
        });
      }),
    );
}

function cellsOf(message: MailboxMessage): string[] {
  return [
    message.message_id,
    message.type,
    message.from.run_id === null ? oneLine(message.from.caller ?? '', 40) : `run ${message.from.run_id}`,
    oneLine(JSON.stringify(message.body), 60),
    oneLine(message.correlation_id ?? '', 40),
    message.created_at,
    message.taken_by_run_id ?? '',
  ];
}
