import { runsPause } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, type Perform } from '../command-context.ts';
import { facts } from '../render/table.ts';
import { statusText } from '../render/status.ts';
import { examples } from './examples.ts';

export function addPauseRun(program: Command, perform: Perform): void {
  program
    .command('pause-run')
    .description('ask for a run to be paused; calls under way end')
    .argument('<run-id>')
    .addHelpText('after', examples('aos pause-run RUN_ID'))
    .action((runId: string, _options: object, command: Command) =>
      perform(command, (context) => {
        const path = `/runs/${encodeURIComponent(runId)}/pause`;
        return callAndShow(context, { method: 'POST', path }, runsPause.output, {
          text: ({ run_id, status }) =>
            facts(context.terminal, [
              ['run', run_id],
              ['status', statusText(context.terminal, status)],
              ['pause', 'asked for; calls under way are let finish'],
            ]),
        });
      }),
    );
}
