import { centsOf, type OutputOf, type runtimeSimulate } from '@aos/contracts';
import { paint, type Terminal } from '../terminal.ts';
import { facts, table } from './table.ts';
import { cents, duration, oneLine } from './text.ts';

/** The verdict on a plan, its steps and risks. */
export function simulationText(terminal: Terminal, verdict: OutputOf<typeof runtimeSimulate>): string {
  const { feasible, status, steps, risks, reasons, planning } = verdict;
  const calls = planning?.planner_calls ?? 0;
  const parts = [
    facts(terminal, [
      ['verdict', paint(terminal, feasible ? 'green' : 'red', status)],
      ['cost', cents(verdict.cost_cents)],
      ['planner', calls === 0 ? '' : `asked up to ${calls} times where all goes well, paid beside the cost`],
      ['undoing it all', undoText(verdict)],
      ['latency', `about ${duration(verdict.latency_ms)}`],
      ['risks', risks.length === 0 ? 'none known' : ''],
      ['reasons', reasons.map((reason) => oneLine(reason, 300)).join('; ')],
    ]),
    table(
      terminal,
      ['STEP', 'SKILL', 'COST', 'LATENCY', 'UNDONE BY'],
      steps.map((step) => [
        step.step_id,
        step.skill,
        cents(centsOf(step.cost_microcents)),
        duration(step.latency_ms),
        step.compensated_by ?? '',
      ]),
    ),
  ];
  if (risks.length > 0) parts.push(riskTable(terminal, risks));
  return parts.join('\n\n');
}

/** Nothing to tell where nothing can be undone. */
function undoText({ steps, rollback_cost_cents }: OutputOf<typeof runtimeSimulate>): string {
  const hasUndo = steps.some(({ compensated_by }) => typeof compensated_by === 'string');
  return hasUndo ? cents(rollback_cost_cents ?? 0) : '';
}

function riskTable(terminal: Terminal, risks: OutputOf<typeof runtimeSimulate>['risks']): string {
  const rows = risks.map(({ step_id, code, probability, detail }) => [
    step_id,
    paint(terminal, 'yellow', code),
    probability === undefined ? '' : `${Math.round(probability * 100)} %`,
    oneLine(detail),
  ]);
  return table(terminal, ['STEP', 'RISK', 'CHANCE', 'DETAIL'], rows);
}
