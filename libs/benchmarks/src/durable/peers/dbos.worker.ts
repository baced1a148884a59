import { createRequire } from 'node:module';
import { join } from 'node:path';
import { STEPS_PER_RUN } from '../../runs/step-kinds.ts';
import { serveRuns } from './front.ts';
import { step, type RunRequest } from './step.ts';

/** As much of DBOS Transact as is used here. */
interface Dbos {
  setConfig(config: Record<string, unknown>): void;
  launch(): Promise<void>;
  registerWorkflow(run: (request: RunRequest) => Promise<string>, options: { name: string }): Workflow;
  runStep<T>(work: () => Promise<T>, options: { name: string }): Promise<T>;
  startWorkflow(
    workflow: Workflow,
    options: { workflowID: string },
  ): (request: RunRequest) => Promise<Handle>;
  listWorkflows(filter: { workflow_id_prefix: string; status: string }): Promise<unknown[]>;
}

type Workflow = (request: RunRequest) => Promise<string>;

interface Handle {
  getResult(): Promise<string>;
}

const require = createRequire(join(process.env['PEER_FOLDER'] ?? '', 'package.json'));
const { DBOS }: { DBOS: Dbos } = require('@dbos-inc/dbos-sdk');

DBOS.setConfig({
  name: 'bench',
  systemDatabaseUrl: process.env['DATABASE_URL'],
  systemDatabasePoolSize: 20,
  logLevel: 'error',
  // The same after a restart, which therefore recovers what the killed process left.
  applicationVersion: '1',
  executorID: 'bench',
});

const workflow = DBOS.registerWorkflow(
  async (request) => {
    let firstBegan: string | undefined;
    for (let number = 1; number <= STEPS_PER_RUN; number += 1) {
      const began = await DBOS.runStep(() => step(request, number), { name: `step_${number}` });
      firstBegan ??= began;
    }
    return firstBegan ?? '';
  },
  { name: 'run' },
);
await DBOS.launch();
const start = (request: RunRequest) => DBOS.startWorkflow(workflow, { workflowID: request.id })(request);

serveRuns({
  run: async (request) => (await start(request)).getResult(),
  start,
  done: async (prefix) =>
    (await DBOS.listWorkflows({ workflow_id_prefix: prefix, status: 'SUCCESS' })).length,
});
