import type { Run, RunStep } from '@aos/contracts';
import type { Terminal } from '../terminal.ts';
import { artifactCells, outputText } from './artifact.ts';
import { isGraph, plannerText, tokensText } from './plan.ts';
import { statusText } from './status.ts';
import { facts, table } from './table.ts';
import { cents, duration, elapsed, oneLine } from './text.ts';

/** A run with its steps. */
export function runText(terminal: Terminal, run: Run): string {
  const reserved = run.reserved_microcents > 0 ? `, ${cents(run.reserved_cents)} reserved` : '';
  const head = facts(terminal, [
    ['run', run.run_id],
    ['agent', run.agent_id],
    ['child of', parentText(run)],
    ['replay of', run.replay_of ?? ''],
    ['goal', oneLine(run.goal)],
    ['status', statusText(terminal, run.status)],
    ['waiting for', waitingFor(run)],
    ['rolled back', rollbackText(run)],
    ...planFacts(terminal, run),
    ['output', outputText(run.outcome?.output, run.outcome?.output_artifact, 500)],
    ['error', errorText(run.outcome?.error)],
    ['cost', `${cents(run.cost_cents)}${reserved}`],
    ['tokens', tokensText(run.input_tokens, run.output_tokens)],
    [
      'labels',
      Object.entries(run.labels)
        .map(([key, value]) => oneLine(`${key}=${value}`))
        .join(' '),
    ],
    ['created', run.created_at],
    ['took', elapsed(run.created_at, run.finished_at)],
  ]);
  const parts = [head];
  if (run.steps.length > 0) {
    parts.push(stepsTable(terminal, run));
  }
  const revisions = run.plan_revisions ?? [];
  if (revisions.length > 1) {
    parts.push(table(terminal, ['PLANNER SAID', 'BY', 'STEPS', 'COST', 'WHY'], revisions.map(revisionCells)));
  }
  const children = run.children ?? [];
  if (children.length > 0) {
    parts.push(
      table(terminal, ['CHILD RUN', 'STEP', 'AGENT', 'STATUS', 'COST'], childRows(terminal, children)),
    );
  }
  if (run.artifacts.length > 0) {
    parts.push(table(terminal, ['ARTIFACT', 'TYPE', 'SIZE'], run.artifacts.map(artifactCells)));
  }
  return parts.join('\n\n');
}

function parentText({ parent_run_id, parent_step_id }: Run): string {
  if (!parent_run_id) return '';
  return parent_step_id ? `${parent_run_id}, step ${oneLine(parent_step_id)}` : parent_run_id;
}

function childRows(terminal: Terminal, children: NonNullable<Run['children']>): string[][] {
  return children.map(({ run_id, step_id, agent_id, status, waiting_reason, cost_cents }) => [
    run_id,
    step_id,
    agent_id,
    statusText(terminal, status) + (waiting_reason === null ? '' : ` (${oneLine(waiting_reason)})`),
    cents(cost_cents),
  ]);
}

/** Of a graph each step also tells what it comes after. */
function stepsTable(terminal: Terminal, { plan, steps }: Run): string {
  const planned = plan?.steps ?? [];
  const hasAfter = isGraph(planned);
  const after = new Map(planned.map(({ step_id, depends_on }) => [step_id, depends_on.join(', ')]));
  const hasUndo = steps.some(({ compensation }) => compensation);
  const rows = steps.map((step) => {
    const [stepId = '', ...own] = stepRow(terminal, step);
    const cells = hasUndo ? [...own, undoText(terminal, step)] : own;
    return hasAfter ? [stepId, after.get(step.step_id) ?? '', ...cells] : [stepId, ...cells];
  });
  const columns = ['SKILL', 'STATUS', 'ATTEMPTS', 'TOOK', 'RESULT', ...(hasUndo ? ['UNDONE BY'] : [])];
  return table(terminal, ['STEP', ...(hasAfter ? ['AFTER'] : []), ...columns], rows);
}

/** Of a plan that came with its goal there is nothing to tell. */
function planFacts(terminal: Terminal, { plan, planning }: Run): [string, string][] {
  if (plan === null) return [['planning', planningText(planning)]];
  if (plan.metadata.planner === 'caller') return [];
  const { reasoning, latency_ms, input_tokens, output_tokens } = plan.metadata;
  const facts = [plannerText(terminal, plan.metadata), tokensText(input_tokens, output_tokens)];
  return [
    ['planned by', [...facts.filter((fact) => fact !== ''), duration(latency_ms)].join(', ')],
    ['reasoning', oneLine(reasoning ?? '', 500)],
  ];
}

function revisionCells(revision: NonNullable<Run['plan_revisions']>[number]): string[] {
  const { decision, planner, steps_added, steps_dropped, cost_cents, reasoning } = revision;
  const changes = [...steps_added.map((id) => `+${id}`), ...steps_dropped.map((id) => `-${id}`)];
  return [
    decision.replace('_', ' '),
    oneLine(planner),
    oneLine(changes.join(' '), 60),
    cents(cost_cents),
    oneLine(reasoning ?? '', 100),
  ];
}

function planningText({ attempts, next_attempt_at, error }: Run['planning']): string {
  if (attempts === 0) return '';
  const again = next_attempt_at === null ? '' : `, again at ${next_attempt_at}`;
  return `${attempts} failed${again}: ${errorText(error)}`;
}

function stepRow(terminal: Terminal, step: RunStep): string[] {
  return [
    step.step_id,
    step.skill,
    statusText(terminal, step.status),
    String(step.attempts),
    elapsed(step.started_at, step.finished_at),
    errorText(step.error) || outputText(step.output, step.output_artifact, 60),
  ];
}

/** What undoes the step, and how far that is. */
function undoText(terminal: Terminal, { compensation }: RunStep): string {
  if (!compensation) return '';
  const { skill, status, error, next_attempt_at } = compensation;
  const again = next_attempt_at === null ? '' : `, again at ${next_attempt_at}`;
  const why = status === 'failed' || status === 'waiting' ? errorText(error) : '';
  return [skill, `${statusText(terminal, status)}${again}`, why].filter((part) => part !== '').join(' ');
}

function rollbackText({ rollback }: Run): string {
  if (!rollback) return '';
  const { cause, steps } = rollback;
  return `${steps.join(', ')}; because it ${cause.status === 'cancelled' ? 'was cancelled' : 'failed'}: ${errorText(cause.error)}`;
}

/** What a person can do about it stands beside it. */
const REMEDIES: Record<string, string> = {
  paused: 'aos resume-run lets it go on',
  unknown_outcome: 'say aos resume-run --outcome retry, skip or fail',
  compensation_failed: 'say aos resume-run --outcome retry or skip',
  worker_crash_loop: 'aos resume-run tries it again',
};

function waitingFor({ status, waiting_reason, next_attempt_at }: Run): string {
  if (status !== 'waiting') return '';
  const reason = waiting_reason ?? '';
  const remedy = Object.hasOwn(REMEDIES, reason) ? `; ${REMEDIES[reason]}` : '';
  return `${oneLine(reason)}${next_attempt_at === null ? remedy : `, until ${next_attempt_at}`}`;
}

function errorText(error: { code: string; message: string } | null | undefined): string {
  return error ? oneLine(`${error.code}: ${error.message}`, 200) : '';
}
