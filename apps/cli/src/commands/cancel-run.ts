import { runsCancel, type RunOnFailure } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, type Perform } from '../command-context.ts';
import { facts } from '../render/table.ts';
import { statusText } from '../render/status.ts';
import { examples } from './examples.ts';
import { onFailureOption } from './on-failure.ts';

interface Options {
  reason?: string;
  onFailure?: RunOnFailure;
}

export function addCancelRun(program: Command, perform: Perform): void {
  program
    .command('cancel-run')
    .description('ask for a run to be cancelled')
    .argument('<run-id>')
    .option('--reason <text>', 'kept with the run')
    .addOption(onFailureOption('the goal or its agent'))
    .addHelpText(
      'after',
      examples('aos cancel-run RUN_ID --reason "wrong recipient"', 'aos cancel-run RUN_ID --on-failure keep'),
    )
    .action((runId: string, { reason, onFailure }: Options, command: Command) =>
      perform(command, (context) => {
        const path = `/runs/${encodeURIComponent(runId)}/cancel`;
        return callAndShow(
          context,
          { method: 'POST', path, body: { reason, on_failure: onFailure } },
          runsCancel.output,
          {
            text: ({ run_id, status }) =>
              facts(context.terminal, [
                ['run', run_id],
                ['status', statusText(context.terminal, status)],
                ['cancel', 'asked for; what was done is undone first, unless it is to be kept'],
              ]),
          },
        );
      }),
    );
}
