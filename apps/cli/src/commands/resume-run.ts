import { runsResume, STEP_DECISIONS, type StepDecision } from '@aos/contracts';
import { Option, type Command } from 'commander';
import { callAndShow, type Perform } from '../command-context.ts';
import { facts } from '../render/table.ts';
import { statusText } from '../render/status.ts';
import { examples } from './examples.ts';

interface ResumeOptions {
  step?: string;
  outcome?: StepDecision;
}

export function addResumeRun(program: Command, perform: Perform): void {
  program
    .command('resume-run')
    .description('let a paused run, or one that waits for a person, go on')
    .argument('<run-id>')
    .option('--step <step-id>', 'that waits for a decision; needed where there are several')
    .addOption(
      new Option(
        '--outcome <decision>',
        'what is to be done about it; retry calls again with the same key',
      ).choices(STEP_DECISIONS),
    )
    .addHelpText(
      'after',
      examples('aos resume-run RUN_ID', 'aos resume-run RUN_ID --step pay --outcome skip'),
    )
    .action((runId: string, { step, outcome }: ResumeOptions, command: Command) =>
      perform(command, (context) => {
        const path = `/runs/${encodeURIComponent(runId)}/resume`;
        return callAndShow(
          context,
          { method: 'POST', path, body: { step_id: step, outcome } },
          runsResume.output,
          {
            text: ({ run_id, status }) =>
              facts(context.terminal, [
                ['run', run_id],
                ['status', statusText(context.terminal, status)],
                ['resume', 'asked for'],
              ]),
          },
        );
      }),
    );
}
