import type { EventData } from '@aos/contracts';
import { CHILDREN } from '../run/waiting.ts';
import { waitDeed, type Deed } from './deed.ts';
import { explainedIf, type Explanation } from './explanation.ts';
import { stepIn, type Scene } from './scene.ts';

/** A call that was announced has brought nothing yet; how long its step waits comes from outside. */
export function stepWaiting(scene: Scene, data: EventData<'step.waiting'>): Explanation {
  const { step_id, attempt, for: awaited } = data;
  const step = stepIn(scene, step_id);
  const isAnnounced = step?.awaits === awaited && step.intent?.attempt === attempt;
  const isOffered = scene.offered.has(step_id);
  return explainedIf(isAnnounced && isOffered, { do: 'call waits', step_id, attempt, for: awaited });
}

/** Steps wait for something outside and nothing else is due: the first time of them all may wake the run, or a signal. */
export function signalWaits({ commands }: Scene): Deed[] {
  const calls = commands.flatMap((command) => (command.type === 'call' ? [command] : []));
  const reason = calls.find(({ wait }) => wait !== undefined)?.wait?.for;
  if (reason === undefined) return [];
  const times = new Set(calls.map(({ notBefore }) => notBefore));
  // A run that is to end says that it waits for its children to end before.
  return [null, ...times].flatMap((time) => [waitDeed(reason, time), waitDeed(CHILDREN, time)]);
}
