import { errorOf, type ErrorSpec, type EventData } from '@aos/contracts';
import type { RunState, StepState } from './state.ts';

/** A child of a child … at most so deep; the run that was submitted is 0. */
const DEPTH_MAX = 5;

type Lineage = NonNullable<EventData<'run.queued'>['lineage']>;

/** Where a run stands among others. */
export function placeAmongRuns({
  parent,
  lineage = [],
  priority,
}: EventData<'run.queued'>): Pick<RunState, 'parent' | 'lineage' | 'priority'> {
  const above = parent === undefined ? null : { runId: parent.run_id, stepId: parent.step_id };
  return { parent: above, lineage, priority };
}

/** The runs above a child of this one, the first submitted first. */
export function lineageOf(
  { lineage }: RunState,
  { runId, agentId }: { runId: string; agentId: string },
): Lineage {
  return [...lineage, { run_id: runId, agent_id: agentId }];
}

/** Why an agent may not be invoked below these runs; undefined: it may. */
export function childRefusal(lineage: Lineage, agentId: string): ErrorSpec | undefined {
  const agents = lineage.map(({ agent_id }) => agent_id);
  if (agents.includes(agentId)) {
    const way = [...agents, agentId].join(' → ');
    return errorOf('child_run_refused', `the agent waits for this run itself: ${way}`);
  }
  if (lineage.length <= DEPTH_MAX) return undefined;
  return errorOf('child_run_refused', `child runs may be ${DEPTH_MAX} deep; this one would be deeper`);
}

/** A step that may have a child which has not ended: it is asked for its outcome before its run ends. */
export function mayHaveChild({ awaits, intent }: StepState): boolean {
  return awaits === 'child_run' && intent !== null;
}
