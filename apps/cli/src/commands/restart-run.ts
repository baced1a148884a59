import { runsRestart } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, type Perform } from '../command-context.ts';
import { facts } from '../render/table.ts';
import { statusText } from '../render/status.ts';
import { examples } from './examples.ts';

export function addRestartRun(program: Command, perform: Perform): void {
  program
    .command('restart-run')
    .description('run an ended run again, keeping what was done before the step')
    .argument('<run-id>')
    .option('--from-step <step-id>', 'it and what comes after it run again; default: the step that failed')
    .addHelpText('after', examples('aos restart-run RUN_ID', 'aos restart-run RUN_ID --from-step pick'))
    .action((runId: string, { fromStep }: { fromStep?: string }, command: Command) =>
      perform(command, (context) => {
        const path = `/runs/${encodeURIComponent(runId)}/restart`;
        return callAndShow(
          context,
          { method: 'POST', path, body: { from_step: fromStep } },
          runsRestart.output,
          {
            text: ({ run_id, status }) =>
              facts(context.terminal, [
                ['run', run_id],
                ['status', statusText(context.terminal, status)],
                ['restart', 'admitted'],
              ]),
          },
        );
      }),
    );
}
