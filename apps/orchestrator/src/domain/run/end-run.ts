import { centsOf, type EventData, type RunOnFailure } from '@aos/contracts';
import type { Command } from './command.ts';
import { stepsToCompensate } from './rollback-order.ts';
import type { RunState } from './state.ts';

type Outcome = Pick<EventData<'run.finished'>, 'status' | 'output' | 'output_artifact' | 'error'>;

/**
 * The one way in which a run comes to its end, whatever the reason: one that has not succeeded first goes back over what
 * it has done, unless that is to be kept.
 */
export function endOf(state: RunState, outcome: Outcome, onFailure: RunOnFailure = state.onFailure): Command {
  const { status, error } = outcome;
  if (status === 'succeeded' || onFailure === 'keep' || state.rollback !== null)
    return finishOf(state, outcome);
  const steps = stepsToCompensate(state);
  if (steps.length === 0) return finishOf(state, outcome);
  return { type: 'roll-back', data: { cause: { status, error }, steps } };
}

function finishOf(state: RunState, outcome: Outcome): Command {
  return {
    type: 'finish',
    data: {
      ...outcome,
      cost_microcents: state.costMicrocents,
      cost_cents: centsOf(state.costMicrocents),
      steps_finished: state.stepsFinished,
      input_tokens: state.inputTokens,
      output_tokens: state.outputTokens,
    },
  };
}
