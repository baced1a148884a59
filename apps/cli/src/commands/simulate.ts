import { runtimeSimulate } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, type Perform } from '../command-context.ts';
import { EXIT } from '../exit-code.ts';
import { centsAmount, planParser } from '../option-parsers.ts';
import { simulationText } from '../render/simulation.ts';
import { examples } from './examples.ts';
import { planningMode, replan } from './planning-options.ts';

interface Options {
  plan: unknown[];
  budget: number;
  agentId?: string;
  planningMode?: string;
  replan?: string;
}

export function addSimulate(program: Command, perform: Perform, directory: string): void {
  program
    .command('simulate')
    .description(
      'say whether a plan can run within a budget, what it costs and what may go wrong; runs nothing',
    )
    .requiredOption('--plan <json|@file>', 'the steps', planParser(directory))
    .requiredOption('--budget <cents>', 'what it may cost', centsAmount)
    .option('--agent-id <id>', 'with the skills and the budget of this agent')
    .addOption(planningMode())
    .addOption(replan())
    .addHelpText(
      'after',
      `${examples('aos simulate --plan @plan.json --budget 50')}\n\nEnds with 1 when the plan is not feasible.`,
    )
    .action(({ plan, budget, agentId, planningMode: mode, replan: when }: Options, command: Command) =>
      perform(command, (context) => {
        const planning = { planning_mode: mode, replan: when };
        const body = { plan, budget_cents: budget, agent_id: agentId, ...planning };
        const request = { method: 'POST' as const, path: '/runtime/simulate', body };
        return callAndShow(context, request, runtimeSimulate.output, {
          text: (verdict) => simulationText(context.terminal, verdict),
          exitCode: ({ feasible }) => (feasible ? EXIT.done : EXIT.failed),
        });
      }),
    );
}
