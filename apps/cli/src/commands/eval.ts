import type { Command } from 'commander';
import type { Perform } from '../command-context.ts';
import { addEvalGet } from './eval-get.ts';
import { addEvalList } from './eval-list.ts';
import { addEvalRun } from './eval-run.ts';
import { addEvalSuites } from './eval-suites.ts';
import { examples } from './examples.ts';

export function addEval(program: Command, perform: Perform, directory: string): void {
  const group = program
    .command('eval')
    .description('run golden tasks and judge what comes out')
    .addHelpText(
      'after',
      examples('aos eval suites', 'aos eval run --suite golden', 'aos eval get EVALUATION_ID'),
    );
  addEvalRun(group, perform, directory);
  addEvalSuites(group, perform);
  addEvalList(group, perform);
  addEvalGet(group, perform);
}
