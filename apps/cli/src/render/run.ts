import type { Run, RunStep } from '@aos/contracts';
import type { Terminal } from '../terminal.ts';
import { statusText } from './status.ts';
import { facts, table } from './table.ts';
import { brief, cents, elapsed, oneLine } from './text.ts';

/** A run with its steps. */
export function runText(terminal: Terminal, run: Run): string {
  const reserved = run.reserved_microcents > 0 ? `, ${cents(run.reserved_cents)} reserved` : '';
  const head = facts(terminal, [
    ['run', run.run_id],
    ['agent', run.agent_id],
    ['goal', oneLine(run.goal)],
    ['status', statusText(terminal, run.status)],
    ['waiting for', waitingFor(run)],
    ['output', brief(run.outcome?.output, 500)],
    ['error', errorText(run.outcome?.error)],
    ['cost', `${cents(run.cost_cents)}${reserved}`],
    [
      'labels',
      Object.entries(run.labels)
        .map(([key, value]) => oneLine(`${key}=${value}`))
        .join(' '),
    ],
    ['created', run.created_at],
    ['took', elapsed(run.created_at, run.finished_at)],
  ]);
  if (run.steps.length === 0) return head;
  const rows = run.steps.map((step) => stepRow(terminal, step));
  return `${head}\n\n${table(terminal, ['STEP', 'SKILL', 'STATUS', 'ATTEMPTS', 'TOOK', 'RESULT'], rows)}`;
}

function stepRow(terminal: Terminal, step: RunStep): string[] {
  return [
    step.step_id,
    step.skill,
    statusText(terminal, step.status),
    String(step.attempts),
    elapsed(step.started_at, step.finished_at),
    errorText(step.error) || brief(step.output, 60),
  ];
}

function waitingFor({ status, waiting_reason, next_attempt_at }: Run): string {
  if (status !== 'waiting') return '';
  return `${oneLine(waiting_reason ?? '')}${next_attempt_at === null ? '' : `, until ${next_attempt_at}`}`;
}

function errorText(error: { code: string; message: string } | null | undefined): string {
  return error ? oneLine(`${error.code}: ${error.message}`, 200) : '';
}
