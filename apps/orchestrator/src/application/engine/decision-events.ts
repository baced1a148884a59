import type { EventData, StepDecision } from '@aos/contracts';
import { isOutcomeUnknown, unknownOutcome } from '../../domain/run/decide.ts';
import { compensationOf } from '../../domain/run/rollback-order.ts';
import { isUndoingUndecided, undoingError } from '../../domain/run/rollback.ts';
import type { NewRunEvent, StepState } from '../../domain/run/state.ts';
import type { Decision } from './ports.ts';

/** What a person decided about a step; nothing where its outcome is known meanwhile. */
export function eventsOfDecision(
  step: StepState | undefined,
  { stepId, outcome }: Decision,
  time: string,
): NewRunEvent[] {
  if (step !== undefined && isUndoingUndecided(step)) return eventsOfUndoDecision(step, outcome, time);
  if (step === undefined || !isOutcomeUnknown(step)) return [];
  const said: NewRunEvent = { type: 'step.resolved', time, data: { step_id: stepId, outcome } };
  if (outcome === 'retry') return [said];
  const ended: NewRunEvent = {
    type: 'step.finished',
    time,
    data: {
      step_id: stepId,
      skill: step.plan.skill,
      status: outcome === 'skip' ? 'skipped' : 'failed',
      attempts: step.intent?.attempt ?? step.attempts,
      output: null,
      error: outcome === 'skip' ? null : unknownOutcome(step),
      started_at: step.startedAt,
      latency_ms: 0,
      cost_microcents: 0,
    },
  };
  return [said, ended];
}

/** What a person decided about a step that could not be undone. It can be tried again or stay as it is. */
function eventsOfUndoDecision(step: StepState, outcome: StepDecision, time: string): NewRunEvent[] {
  const { step_id } = step.plan;
  const said: NewRunEvent = { type: 'step.resolved', time, data: { step_id, outcome, compensates: step_id } };
  if (outcome === 'retry') return [said];
  const { compensation } = step;
  if (outcome === 'fail' || compensation === null) return [];
  const left: EventData<'step.compensated'> = {
    step_id,
    skill: compensationOf(step)?.skill ?? '',
    status: 'skipped',
    attempts: compensation.intent?.attempt ?? compensation.attempts,
    error: undoingError(step),
    started_at: compensation.startedAt,
    latency_ms: 0,
  };
  return [said, { type: 'step.compensated', time, data: left }];
}
