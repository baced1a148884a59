import { opsRequeue } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, type Perform } from '../../command-context.ts';
import { statusText } from '../../render/status.ts';
import { facts } from '../../render/table.ts';
import { examples } from '../examples.ts';

export function addRequeue(group: Command, perform: Perform): void {
  group
    .command('requeue')
    .description('make a run ready again that waits for a person or has fallen out of the queue')
    .argument('<run-id>')
    .addHelpText('after', examples('aos ops requeue RUN_ID'))
    .action((runId: string, _options: object, command: Command) =>
      perform(command, (context) => {
        const path = `/admin/runs/${encodeURIComponent(runId)}/requeue`;
        return callAndShow(context, { method: 'POST', path }, opsRequeue.output, {
          text: ({ run_id, status, requeued }) =>
            facts(context.terminal, [
              ['run', run_id],
              ['status', statusText(context.terminal, status)],
              ['queue', requeued ? 'in again' : 'was in it already'],
            ]),
        });
      }),
    );
}
