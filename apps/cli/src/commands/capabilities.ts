import { centsOf, runtimeCapabilities } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, type Perform } from '../command-context.ts';
import { facts, table } from '../render/table.ts';
import { cents, duration } from '../render/text.ts';
import { examples } from './examples.ts';

export function addCapabilities(program: Command, perform: Perform): void {
  program
    .command('capabilities')
    .description('show what can be done here: skills with cost and latency, limits, budget left')
    .option('--agent-id <id>', 'also what is left of the budget of this agent')
    .addHelpText('after', examples('aos capabilities', "aos capabilities --json | jq '.skills[].name'"))
    .action(({ agentId }: { agentId?: string }, command: Command) =>
      perform(command, (context) => {
        const { terminal } = context;
        const request = {
          method: 'GET' as const,
          path: '/runtime/capabilities',
          query: { agent_id: agentId },
        };
        return callAndShow(context, request, runtimeCapabilities.output, {
          text: ({ tenant_id, limits, skills, budget_left_cents, open_runs }) => {
            const head = facts(terminal, [
              ['tenant', tenant_id],
              ['steps of a run', `at most ${limits.max_steps}`],
              ['open runs of an agent', `at most ${limits.max_concurrent_runs_per_agent}`],
              ['payload', `at most ${limits.payload_bytes_max} bytes`],
              ...Object.entries(limits.goals ?? {}).map(([name, most]): [string, string] => [
                name.replace(/_max$/, '').replaceAll('_', ' '),
                `at most ${most.toLocaleString('en-US')}`,
              ]),
              ['budget left', budget_left_cents === null ? '' : cents(budget_left_cents)],
              ['open runs', open_runs === null ? '' : String(open_runs)],
            ]);
            const rows = skills.map((skill) => [
              skill.name,
              skill.version,
              cents(centsOf(skill.cost_microcents)),
              duration(skill.latency_ms),
              skill.side_effects.replaceAll('_', ' '),
              skill.compensated_by ?? '',
            ]);
            const columns = ['SKILL', 'VERSION', 'COST', 'LATENCY', 'SIDE EFFECTS', 'UNDONE BY'];
            return `${head}\n\n${table(terminal, columns, rows)}`;
          },
        });
      }),
    );
}
