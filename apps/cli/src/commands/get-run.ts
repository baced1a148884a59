import { run } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, type Perform } from '../command-context.ts';
import { runText } from '../render/run.ts';
import { examples } from './examples.ts';

export function addGetRun(program: Command, perform: Perform): void {
  program
    .command('get-run')
    .description('show a run with its steps')
    .argument('<run-id>')
    .addHelpText('after', examples('aos get-run RUN_ID', 'aos get-run RUN_ID --json | jq .outcome'))
    .action((runId: string, _options: unknown, command: Command) =>
      perform(command, (context) => {
        const request = { method: 'GET' as const, path: `/runs/${encodeURIComponent(runId)}` };
        return callAndShow(context, request, run, { text: (found) => runText(context.terminal, found) });
      }),
    );
}
