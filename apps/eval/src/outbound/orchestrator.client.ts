import {
  agentsCreate,
  runsCancel,
  runsGet,
  runsSubmit,
  succeed,
  type StructuredOutcome,
} from '@aos/contracts';
import type { Messaging } from '@aos/messaging';
import type { Runs } from '../application/runs.ts';

/** More than the runs of any one evaluation; several of a tenant may go on at once. */
const CONCURRENT_RUNS_MAX = 100;

/** The orchestrator over NATS. */
export function orchestratorClient(messaging: Messaging): Runs {
  return {
    createAgent: async (context) => {
      const input = {
        name: 'eval',
        instructions: 'Runs golden tasks. Made and used by evaluations.',
        skills: [],
        budget_cents: 0,
        model: null,
        max_concurrent_runs: CONCURRENT_RUNS_MAX,
      };
      return mapped(await messaging.request(agentsCreate, context, input), ({ agent_id }) => agent_id);
    },
    submit: async (context, goal) =>
      mapped(await messaging.request(runsSubmit, context, goal), ({ run_id }) => run_id),
    get: (context, runId) => messaging.request(runsGet, context, { run_id: runId }),
    cancel: (context, runId, reason) => messaging.request(runsCancel, context, { run_id: runId, reason }),
  };
}

function mapped<T, U>(outcome: StructuredOutcome<T>, map: (value: T) => U): StructuredOutcome<U> {
  return outcome.ok ? succeed(map(outcome.value)) : outcome;
}
