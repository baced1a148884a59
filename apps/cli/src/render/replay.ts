import { centsOf, type OutputOf, type runsReplay } from '@aos/contracts';
import { paint, type Terminal } from '../terminal.ts';
import { statusText } from './status.ts';
import { facts, table } from './table.ts';
import { brief, cents } from './text.ts';

type Replay = OutputOf<typeof runsReplay>;
type Exact = Extract<Replay, { mode: 'EXACT' }>;
type Parametric = Extract<Replay, { mode: 'PARAMETRIC' }>;

const SHOWN_LENGTH_MAX = 300;

/** What a replay found, or what it set going. */
export function replayText(terminal: Terminal, replay: Replay): string {
  return replay.mode === 'EXACT' ? exactText(terminal, replay) : parametricText(terminal, replay);
}

const text = (deed: unknown): string => brief(deed, SHOWN_LENGTH_MAX);

function exactText(terminal: Terminal, replay: Exact): string {
  const { verdict, divergence, reason } = replay;
  return facts(terminal, [
    ['run', replay.run_id],
    ['verdict', paint(terminal, verdict === 'identical' ? 'green' : 'red', verdict)],
    ['engine', `${replay.engine_version ?? 'not begun'}, replayed by ${replay.replayed_by}`],
    ['events', `${replay.events}, of these ${replay.commands} commands`],
    ['at', divergence === null ? '' : `run_seq ${divergence.run_seq}`],
    ['expected', divergence === null ? '' : divergence.expected.map(text).join(' or ') || 'nothing'],
    ['found', divergence === null ? '' : text(divergence.found)],
    ['reason', reason === null ? '' : `${reason.code} at run_seq ${reason.run_seq}`],
    ['sha256', replay.sha256],
  ]);
}

function parametricText(terminal: Terminal, replay: Parametric): string {
  const head = facts(terminal, [
    ['run', replay.run_id ?? 'none: this was a dry run'],
    ['replay of', replay.replay_of],
    ['status', replay.status === null ? '' : statusText(terminal, replay.status)],
    ['effects', replay.effects],
    ['reserved', cents(centsOf(replay.reserved_microcents))],
  ]);
  const rows = replay.steps.map(({ step_id, skill, treatment, is_changed }) => [
    step_id,
    skill,
    paint(terminal, treatment === 'execute' || treatment === 'unrecorded' ? 'yellow' : 'dim', treatment),
    is_changed ? 'changed' : '',
  ]);
  return `${head}\n\n${table(terminal, ['STEP', 'SKILL', 'TREATMENT', ''], rows)}`;
}
