import { evaluation } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, type Perform } from '../command-context.ts';
import { evaluationText } from '../render/evaluation.ts';
import { examples } from './examples.ts';

export function addEvalGet(group: Command, perform: Perform): void {
  group
    .command('get')
    .description('show an evaluation with the result of each task')
    .argument('<evaluation-id>')
    .addHelpText(
      'after',
      examples('aos eval get EVALUATION_ID', 'aos eval get EVALUATION_ID --json | jq .score'),
    )
    .action((evaluationId: string, _options: unknown, command: Command) =>
      perform(command, (context) => {
        const path = `/eval/evaluations/${encodeURIComponent(evaluationId)}`;
        return callAndShow(context, { method: 'GET', path }, evaluation, {
          text: (found) => evaluationText(context.terminal, found),
        });
      }),
    );
}
