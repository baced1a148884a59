import { opsWorkersDrain, opsWorkersList, type Worker } from '@aos/contracts';
import type { Command } from 'commander';
import { callAndShow, type Perform } from '../../command-context.ts';
import { table } from '../../render/table.ts';
import { duration, oneLine } from '../../render/text.ts';
import type { Terminal } from '../../terminal.ts';
import { examples } from '../examples.ts';

export function addWorkers(group: Command, perform: Perform): void {
  group
    .command('workers')
    .description('list the processes that run runs')
    .addHelpText('after', examples('aos ops workers'))
    .action((_options: object, command: Command) =>
      perform(command, (context) =>
        callAndShow(context, { method: 'GET', path: '/admin/workers' }, opsWorkersList.output, {
          text: ({ data }) => (data.length === 0 ? 'no workers' : workersText(context.terminal, data)),
        }),
      ),
    );
  group
    .command('drain')
    .description('have a worker hand its runs back and take none until it is resumed or restarted')
    .argument('<worker-id>')
    .option('--resume', 'have it take runs again')
    .addHelpText('after', examples('aos ops drain WORKER_ID', 'aos ops drain WORKER_ID --resume'))
    .action((workerId: string, { resume }: { resume?: true }, command: Command) =>
      perform(command, (context) => {
        const verb = resume === true ? 'resume' : 'drain';
        const path = `/admin/workers/${encodeURIComponent(workerId)}/${verb}`;
        return callAndShow(context, { method: 'POST', path }, opsWorkersDrain.output, {
          text: (worker) => workersText(context.terminal, [worker]),
        });
      }),
    );
}

function workersText(terminal: Terminal, workers: readonly Worker[]): string {
  const rows = workers.map((worker) => [
    worker.worker_id,
    oneLine(worker.host, 40),
    String(worker.engine_version),
    stateOf(worker),
    duration(worker.lease_age_ms),
    `${worker.runs_owned}/${worker.slots}`,
    worker.started_at,
  ]);
  return table(terminal, ['WORKER', 'HOST', 'ENGINE', 'STATE', 'LEASE AGE', 'RUNS', 'STARTED'], rows);
}

function stateOf({ live, draining }: Worker): string {
  if (!live) return 'lease ended';
  return draining ? 'draining' : 'working';
}
