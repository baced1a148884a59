import { errorOf, fail, succeed } from '@aos/contracts';
import type { RunState } from '../../domain/run/state.ts';
import { NOTHING_SPENT, type Skill } from '../../domain/skill/skill.ts';
import type { Attempt } from './tool-adapter.ts';

/**
 * How a step with side effects is answered in a replay that repeats none: as it ended in the run that is replayed. A model is
 * called all the same: its answer is what replays are made for. Undefined: the step is called.
 */
export function recordedAttempt(
  { replayOf, steps }: RunState,
  stepId: string,
  { isOnlyPaid }: Pick<Skill, 'isOnlyPaid'>,
): Omit<Attempt, 'startedAtMs' | 'latencyMs'> | undefined {
  if (replayOf?.effects !== 'recorded' || isOnlyPaid === true) return undefined;
  const recording = steps[stepId]?.recording;
  const facts = {
    waiting: null,
    awaits: null,
    spend: NOTHING_SPENT,
    idempotencyKey: null,
    mayRepeat: false,
    isRecorded: true,
    dropped: [],
    compensation: null,
  } as const;
  if (recording === undefined) {
    const message = `run ${replayOf.runId} has no outcome of ${stepId}; replay it with effects: execute to have it done`;
    return { ...facts, files: [], outcome: fail(errorOf('not_recorded', message)) };
  }
  const { output, outputArtifact, error, files } = recording;
  // It would fail the same way again.
  if (error !== null) return { ...facts, files: [], outcome: fail({ ...error, retryable: false }) };
  return { ...facts, files, outcome: succeed({ output, outputArtifact }) };
}
