import { agent, type RunOnFailure } from '@aos/contracts';
import type { Command } from 'commander';
import { planningMode, replan } from './planning-options.ts';
import { callAndShow, type Perform } from '../command-context.ts';
import { centsAmount, commaSeparated, wholeNumber } from '../option-parsers.ts';
import { cents, oneLine } from '../render/text.ts';
import { facts } from '../render/table.ts';
import { examples } from './examples.ts';
import { onFailureOption } from './on-failure.ts';

interface Options {
  name: string;
  instructions?: string;
  skills?: string[];
  model?: string;
  budgetCents?: number;
  maxSteps?: number;
  maxConcurrentRuns?: number;
  planningMode?: string;
  replan?: string;
  onFailure?: RunOnFailure;
}

export function addCreateAgent(program: Command, perform: Perform): void {
  program
    .command('create-agent')
    .description('create an agent')
    .requiredOption('--name <name>', 'what it is called')
    .option('--instructions <text>', 'what it is for')
    .option(
      '--skills <names>',
      'the skills its plans may use, comma-separated (default: all)',
      commaSeparated,
    )
    .option('--model <name>', "the model that plans its goals (default: the tenant's)")
    .option('--budget-cents <cents>', 'what its runs may cost in all (default: no limit)', centsAmount)
    .option('--max-steps <n>', 'steps of a run at most', wholeNumber)
    .option('--max-concurrent-runs <n>', 'open runs at once', wholeNumber)
    .addOption(planningMode())
    .addOption(replan())
    .addOption(onFailureOption('the platform, compensate,'))
    .addHelpText(
      'after',
      examples(
        'aos create-agent --name btc --budget-cents 500',
        'aos create-agent --name btc --json | jq -r .agent_id',
      ),
    )
    .action((options: Options, command: Command) =>
      perform(command, (context) =>
        callAndShow(context, { method: 'POST', path: '/agents', body: bodyOf(options) }, agent, {
          text: (created) =>
            facts(context.terminal, [
              ['agent', created.agent_id],
              ['name', oneLine(created.name)],
              ['skills', created.skills.length === 0 ? 'all' : created.skills.join(', ')],
              ['model', oneLine(created.model ?? '')],
              ['planning', created.planning_mode ?? ''],
              [
                'budget',
                created.budget_microcents === 0 ? 'no limit of its own' : cents(created.budget_cents),
              ],
            ]),
        }),
      ),
    );
}

function bodyOf(options: Options): Record<string, unknown> {
  return {
    name: options.name,
    instructions: options.instructions,
    skills: options.skills,
    model: options.model,
    budget_cents: options.budgetCents,
    max_steps: options.maxSteps,
    max_concurrent_runs: options.maxConcurrentRuns,
    planning_mode: options.planningMode,
    replan: options.replan,
    on_failure: options.onFailure,
  };
}
