import { runsCancel } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, type Perform } from '../command-context.ts';
import { facts } from '../render/table.ts';
import { statusText } from '../render/status.ts';
import { examples } from './examples.ts';

export function addCancelRun(program: Command, perform: Perform): void {
  program
    .command('cancel-run')
    .description('ask for a run to be cancelled')
    .argument('<run-id>')
    .option('--reason <text>', 'kept with the run')
    .addHelpText('after', examples('aos cancel-run RUN_ID --reason "wrong recipient"'))
    .action((runId: string, { reason }: { reason?: string }, command: Command) =>
      perform(command, (context) => {
        const path = `/runs/${encodeURIComponent(runId)}/cancel`;
        return callAndShow(context, { method: 'POST', path, body: { reason } }, runsCancel.output, {
          text: ({ run_id, status }) =>
            facts(context.terminal, [
              ['run', run_id],
              ['status', statusText(context.terminal, status)],
              ['cancel', 'asked for; running effects are let finish'],
            ]),
        });
      }),
    );
}
