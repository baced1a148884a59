import {
  errorOf,
  fail,
  succeed,
  type EventData,
  type InputOf,
  type RequestContext,
  type RunSummary,
  type StructuredOutcome,
  type runsRestart,
} from '@aos/contracts';
import { skillsOf } from '../domain/plan/plan-skills.ts';
import { fold } from '../domain/run/evolve.ts';
import { restartOf, stepsAgain } from '../domain/run/restart.ts';
import type { RunState } from '../domain/run/state.ts';
import { summaryView, type RunRecord } from '../domain/run/view.ts';
import type { Clock, Restart, RestartResult } from './engine/ports.ts';
import type { RunReader } from './run-reader.ts';

interface RestartParts {
  runs: Pick<RunReader, 'findWithJournal'>;
  restart: (restart: Restart) => Promise<RestartResult>;
  clock: Clock;
}

/** Runs an ended run again from a step on: admitted as a goal is, under a new generation. */
export function restartRun({ runs, restart, clock }: RestartParts) {
  return async (
    { tenantId, traceparent }: RequestContext,
    { run_id: runId, from_step: fromStep }: InputOf<typeof runsRestart>,
  ): Promise<StructuredOutcome<RunSummary>> => {
    const found = await runs.findWithJournal(tenantId, runId);
    if (found === undefined) return fail(errorOf('not_found', `no run ${runId}`));
    const state = fold(found.events);
    const again = restartOf(state, fromStep);
    if (!again.ok) return again;
    const time = new Date(clock.now()).toISOString();
    const answered = await attempt(() =>
      restart(toRestart(found.record, state, { data: again.value, time, traceparent })),
    );
    if (!answered.ok) return answered;
    const result = answered.value;
    if (result.kind === 'refuse') return fail(result.error);
    if (result.kind === 'changed') {
      const message = 'the run is not as it was a moment ago, or its journal is archived; look at it again';
      return fail(errorOf('conflict', message));
    }
    return succeed({ ...summaryView(found.record), status: 'queued', finished_at: null });
  };
}

async function attempt(restart: () => Promise<RestartResult>): Promise<StructuredOutcome<RestartResult>> {
  try {
    return succeed(await restart());
  } catch {
    const message = 'it is not known whether the run was restarted; look at it before trying again';
    return fail(errorOf('unavailable', message, { retryAfterMs: 1000 }));
  }
}

interface Telling {
  data: EventData<'run.restarted'>;
  time: string;
  traceparent: string;
}

function toRestart({ runId, tenantId, agentId }: RunRecord, state: RunState, telling: Telling): Restart {
  const { data, time, traceparent } = telling;
  const again = stepsAgain(state, data.from_step);
  const steps = (state.plan?.steps ?? []).filter(({ step_id }) => again.has(step_id));
  const identity = { runId, tenantId, agentId };
  return {
    ...identity,
    agentKey: `${tenantId}/${agentId}`,
    reserveMicrocents: data.reserved_microcents,
    skills: skillsOf(steps),
    steps: steps.length,
    row: { ...identity, traceparent, event: { seq: state.seq + 1, type: 'run.restarted', time, data } },
  };
}
