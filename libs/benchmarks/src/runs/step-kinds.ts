import { createServer } from 'node:http';
import type { PlanStepInput } from '@aos/contracts';

export const STEPS_PER_RUN = 10;

/** The same cheap step, ten times in a row. */
export interface StepKind {
  /** A column of the table. */
  name: string;
  /** What the step does, for the legend. */
  what: string;
  plan: readonly PlanStepInput[];
}

export interface StepKinds {
  kinds: readonly StepKind[];
  close(): void;
}

/** Pure steps: without side effect, so no intent is written and nothing waits for the disk between them. */
export async function openStepKinds(): Promise<StepKinds> {
  const server = createServer((_request, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  const url = `http://127.0.0.1:${address.port}/`;
  const kinds: StepKind[] = [
    {
      name: 'json_transform',
      what: "jq query '.' over a number, in a thread of the orchestrator",
      plan: tenTimes({ skill: 'json_transform', params: { input: 1, query: '.' } }),
    },
    {
      name: 'http_call',
      what: 'GET of an empty answer from a server in the benchmark process, whose CPU is not counted',
      plan: tenTimes({ skill: 'http_call', params: { url } }),
    },
  ];
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { kinds, close };
}

function tenTimes(step: PlanStepInput): PlanStepInput[] {
  return Array.from({ length: STEPS_PER_RUN }, (_none, at) => ({ ...step, step_id: `step_${at + 1}` }));
}
