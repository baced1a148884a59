import { EVENT_DATA } from '@aos/contracts';
import { commandsFor } from '../run/decide.ts';
import { evolve, fold } from '../run/evolve.ts';
import { ENGINE_VERSION, type RunEvent } from '../run/state.ts';
import { deedsOf, type Deed } from './deed.ts';
import { explain, hasRule } from './rules.ts';
import { firstScene, nextScene, type KeyOf, type Scene } from './scene.ts';

interface Divergence {
  run_seq: number;
  /** One of these explains the journal. */
  expected: Deed[];
  found: Deed;
}

type NotReplayable = 'journal_incomplete' | 'payload_unreadable' | 'unknown_event' | 'newer_engine';

/** How a journal and the engine of today agree. */
export interface ExactReplay {
  /** Of the run's last turn, as its journal says; null where it was never begun. */
  engineVersion: number | null;
  /** Events read. */
  events: number;
  /** Of them those that are the engine's own doing. */
  commands: number;
  verdict: 'identical' | 'diverged' | 'not_replayable';
  divergence: Divergence | null;
  reason: { code: NotReplayable; runSeq: number } | null;
  /** The hashes of all that was done, in order, hashed: equal for equal journals. */
  hash: string;
}

interface Parts {
  /** Of a deed in canonical form. */
  hash: (deed: unknown) => string;
  keyOf: KeyOf;
}

/** What comes from outside and is only checked for its place. */
const INPUTS: readonly string[] = ['run.queued', 'run.restarted', 'step.resolved'];

/**
 * Reads a journal event by event and asks, before each, what the engine of today would do: what the event tells of must be
 * one of the engine's commands, or an input that may come there. Nothing is executed.
 */
export function replayExact(journal: readonly RunEvent[], { hash, keyOf }: Parts): ExactReplay {
  const replay = {
    engineVersion: versionIn(journal),
    events: 0,
    commands: 0,
    divergence: null,
    reason: null,
  };
  const reason = obstacleIn(journal);
  if (reason !== null) return { ...replay, verdict: 'not_replayable', reason, hash: hash([]) };
  const done: string[] = [];
  let commands = 0;
  let scene = firstScene(fold([]), keyOf);
  for (const event of journal) {
    const { found, allowed } = explain(scene, event);
    const foundHash = hash(found);
    const isExplained = allowed.some((deed) => hash(deed) === foundHash);
    const state = isExplained ? stateAfter(scene, event) : undefined;
    if (state === undefined) {
      const expected = allowed.length > 0 && !isExplained ? [...allowed] : wanted(scene);
      const divergence = { run_seq: event.seq, expected, found };
      return { ...replay, events: event.seq, commands, verdict: 'diverged', divergence, hash: hash(done) };
    }
    done.push(foundHash);
    if (!INPUTS.includes(event.type)) commands += 1;
    scene = nextScene(scene, event, state);
  }
  return { ...replay, events: journal.length, commands, verdict: 'identical', hash: hash(done) };
}

/** Undefined: the fold of today refuses the event. */
function stateAfter({ state }: Scene, event: RunEvent) {
  try {
    return evolve(state, event);
  } catch {
    return undefined;
  }
}

function wanted({ state }: Scene): Deed[] {
  return commandsFor(state).flatMap((command) => deedsOf(command, state));
}

/** Why a journal cannot be judged. */
function obstacleIn(journal: readonly RunEvent[]): ExactReplay['reason'] {
  if (journal.length === 0) return { code: 'journal_incomplete', runSeq: 1 };
  for (const [index, event] of journal.entries()) {
    if (event.seq !== index + 1) return { code: 'journal_incomplete', runSeq: index + 1 };
    if (!hasRule(event.type)) return { code: 'unknown_event', runSeq: event.seq };
    if (!EVENT_DATA[event.type].safeParse(event.data).success)
      return { code: 'payload_unreadable', runSeq: event.seq };
    if (event.type === 'run.started' && event.data.engine_version > ENGINE_VERSION)
      return { code: 'newer_engine', runSeq: event.seq };
  }
  return null;
}

function versionIn(journal: readonly RunEvent[]): number | null {
  const started = journal.findLast((event) => event.type === 'run.started');
  return started?.type === 'run.started' ? started.data.engine_version : null;
}
