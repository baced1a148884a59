import type { EventData, RollbackCause } from '@aos/contracts';
import type { Command } from '../run/command.ts';
import { cancellation, commandsOnCrashLoop, commandsOnCut, commandsFor, lateness } from '../run/decide.ts';
import { restartOf } from '../run/restart.ts';
import type { RunState } from '../run/state.ts';
import { deedsOf, finishDeed, resumeDeed, waitDeed, type Deed } from './deed.ts';
import { explained, unexplained, type Explanation } from './explanation.ts';
import type { Scene } from './scene.ts';
import { signalWaits } from './waiting-rules.ts';

/** The goal comes from outside; a journal begins with it. */
export function queued({ state }: Scene): Explanation {
  return state.seq === 0 ? explained({ do: 'submit' }) : unexplained({ do: 'submit' });
}

export function started(scene: Scene): Explanation {
  return { found: { do: 'start' }, allowed: allDeeds(scene) };
}

export function resumed(scene: Scene, { reason }: EventData<'run.resumed'>): Explanation {
  return { found: resumeDeed(reason), allowed: allDeeds(scene) };
}

/** A plan that comes with its goal is from outside, too; any other answers the engine's asking. */
export function planCreated(scene: Scene): Explanation {
  const { seq, planning } = scene.state;
  if (seq === 1) return explained({ do: 'submit plan' });
  return { found: { do: 'plan', attempt: planning.attempts + 1 }, allowed: allDeeds(scene) };
}

/** The planner of an adaptive run answers the engine's asking. */
export function planReviewed(scene: Scene): Explanation {
  const { planning } = scene.state;
  return { found: { do: 'plan', attempt: planning.attempts + 1 }, allowed: allDeeds(scene) };
}

export function planRejected(scene: Scene, { attempt }: EventData<'plan.rejected'>): Explanation {
  return { found: { do: 'plan', attempt }, allowed: allDeeds(scene) };
}

export function waiting(scene: Scene, data: EventData<'run.waiting'>): Explanation {
  const found = waitDeed(data.reason, data.next_attempt_at, data.error);
  return {
    found,
    allowed: [...allDeeds(scene), ...retryWait(scene), ...signalWaits(scene), ...outsideWaits(scene)],
  };
}

/** Steps of which none is due: the first that will be wakes the run. */
function retryWait({ state, commands }: Scene): Deed[] {
  const times = commands.map((command) => (command.type === 'call' ? command.notBefore : null));
  const due = times.flatMap((time) => time ?? []);
  if (due.length === 0 || due.length < times.length) return [];
  const first = due.reduce((earliest, time) => (Date.parse(time) < Date.parse(earliest) ? time : earliest));
  return [waitDeed(state.rollback === null ? 'retry' : 'compensation_retry', first)];
}

/** Somebody paused it, which an end does not heed; or its workers died one after the other. */
function outsideWaits({ state, commands }: Scene): Deed[] {
  const isEnding = commands.length === 0 || isEnd(commands.at(-1));
  const crashLoop = commandsOnCrashLoop(state).filter(({ type }) => type === 'park');
  return [
    ...(isEnding ? [] : [waitDeed('paused', null)]),
    ...(state.status === 'running' ? crashLoop.flatMap((park) => deedsOf(park, state)) : []),
  ];
}

export function restarted({ state }: Scene, data: EventData<'run.restarted'>): Explanation {
  const found = { do: 'restart', ...data };
  const again = restartOf(state, data.from_step ?? undefined);
  return { found, allowed: again.ok ? [{ do: 'restart', ...again.value }] : [] };
}

/** By itself, or cut: because somebody cancelled it, for whatever reason, or at its deadline. */
export function finished(scene: Scene, data: EventData<'run.finished'>): Explanation {
  const hasTokens = data.input_tokens !== undefined || data.output_tokens !== undefined;
  const ends = endsOf(scene, data).filter((command) => command.type === 'finish');
  return {
    found: finishDeed(data, hasTokens),
    allowed: ends.map((end) => finishDeed(end.data, hasTokens)),
  };
}

/** All ways in which the run may come to its end here. */
export function endsOf(scene: Scene, how: Ending): Command[] {
  const lists = [scene.state, ...scene.closing].flatMap((state) => [
    ...(isOver(scene.commands) ? [commandsFor(state)] : []),
    ...cutsOf(state, how).flatMap((cut) =>
      isOver(commandsOnCut(scene.state, cut)) ? [commandsOnCut(state, cut)] : [],
    ),
  ]);
  return lists.flat();
}

const isEnd = (command: Command | undefined): boolean =>
  command?.type === 'finish' || command?.type === 'roll-back';

/** Nothing is left to be closed first. */
const isOver = (commands: readonly Command[]): boolean => commands.length === 1;

interface Ending {
  status: RollbackCause['status'] | 'succeeded';
  error: RollbackCause['error'];
}

/** Who cancels may say what becomes of completed effects. */
function cutsOf({ deadline }: RunState, { status, error }: Ending) {
  if (status === 'cancelled')
    return ([undefined, 'keep', 'compensate'] as const).map((said) => cancellation(error?.message, said));
  return deadline === null ? [] : [lateness(deadline)];
}

function allDeeds({ state, commands }: Scene): Deed[] {
  return commands.flatMap((command) => deedsOf(command, state));
}
