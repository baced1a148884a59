import type { EventData } from '@aos/contracts';
import type { RunState, StepState } from './state.ts';

/** Of a run that replays another. */
export function replayFields({ replay_of: replayOf }: EventData<'run.queued'>): Pick<RunState, 'replayOf'> {
  return replayOf === undefined ? {} : { replayOf: { runId: replayOf.run_id, effects: replayOf.effects } };
}

export function withRecording(step: StepState, data: EventData<'step.recorded'>): StepState {
  const { output, output_artifact: outputArtifact = null, error, files } = data;
  return { ...step, recording: { output, outputArtifact, error, files } };
}
