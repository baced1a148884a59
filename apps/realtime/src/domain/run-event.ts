import type { Sequenced } from './splice.ts';

/** An event of a run on its way to watchers. */
export interface RunEvent extends Sequenced {
  topic: string;
  /** The `event` frame, encoded once for all connections. */
  frame: Buffer;
  /** Whether the run ended with it: nothing follows. */
  isLast: boolean;
}

interface EventFacts {
  runId: string;
  seq: number;
  type: string;
  /** The CloudEvent as JSON text. */
  json: string;
}

/** Puts a CloudEvent into its frame without parsing it again. */
export function runEvent({ runId, seq, type, json }: EventFacts): RunEvent {
  const topic = `run:${runId}`;
  const frame = Buffer.from(`{"op":"event","topic":"${topic}","cursor":"${seq}","event":${json}}`);
  return { topic, seq, frame, isLast: type === 'run.finished' };
}
