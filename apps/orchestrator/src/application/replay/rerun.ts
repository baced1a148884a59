import {
  fail,
  invalidRequest,
  microcentsOf,
  succeed,
  type ArtifactRef,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
  type runsReplay,
} from '@aos/contracts';
import { replayParametric, type ParametricReplay } from '../../domain/replay/replay-parametric.ts';
import type { AdmittedAs } from '../../domain/run/admit.ts';
import { fold } from '../../domain/run/evolve.ts';
import type { NewRunEvent, RunEvent, RunState } from '../../domain/run/state.ts';
import type { RunRecord } from '../../domain/run/view.ts';
import type { SkillRegistry } from '../../domain/skill/skill.ts';
import type { Chance, Clock, Submission, SubmitResult } from '../engine/ports.ts';
import { whileStorable } from '../submit-run.ts';
import { canonicalHash } from './canonical-hash.ts';

export interface RerunParts {
  submit: (submission: Submission) => Promise<SubmitResult>;
  skills: SkillRegistry;
  clock: Clock;
  chance: Chance;
}

type ReplayInput = InputOf<typeof runsReplay>;
type ParametricReport = Extract<OutputOf<typeof runsReplay>, { mode: 'PARAMETRIC' }>;

/** The run to be replayed. */
interface Replayed {
  input: ReplayInput;
  record: RunRecord;
  events: readonly RunEvent[];
}

/** Makes a new run of an ended one: its plan with the changes, what comes before the step taken over. */
export async function rerunWithChanges(
  parts: RerunParts,
  context: RequestContext,
  replayed: Replayed,
): Promise<StructuredOutcome<ParametricReport>> {
  const { input, record, events } = replayed;
  const state = fold(events);
  const { params, skills, model } = input.changes ?? {};
  const request = {
    fromStep: input.from_step,
    effects: input.effects ?? 'recorded',
    changes: { params, skills, model },
  };
  if (JSON.stringify(params ?? {}).includes('\\u0000'))
    return fail(
      invalidRequest([{ field: '/changes/params', message: 'contains a NUL character; remove it' }]),
    );
  const replay = replayParametric({ state, files: filesOf(events) }, request, parts.skills);
  if (!replay.ok) return replay;
  const submission = toSubmission(parts, context, { ...replayed, state, replay: replay.value });
  const report = {
    mode: 'PARAMETRIC',
    replay_of: record.runId,
    agent_id: record.agentId,
    tenant_id: context.tenantId,
    from_step: request.fromStep ?? null,
    effects: request.effects,
    reserved_microcents: submission.reserveMicrocents,
    steps: replay.value.treatments,
  } as const;
  if (input.dry_run === true)
    return succeed({ ...report, run_id: null, status: null, created_at: null, replayed: false });
  const admitted = await whileStorable(() => parts.submit(submission));
  if (!admitted.ok) return admitted;
  const { run_id, status, created_at, replayed: isRepeat } = admitted.value;
  return succeed({ ...report, run_id, status, created_at, replayed: isRepeat });
}

/** The files of each step: of those with one name the last. */
function filesOf(events: readonly RunEvent[]): ReadonlyMap<string, readonly ArtifactRef[]> {
  const files = new Map<string, ArtifactRef[]>();
  for (const event of events) {
    if (event.type !== 'artifact.created') continue;
    const { step_id, artifact } = event.data;
    const others = (files.get(step_id) ?? []).filter(({ name }) => name !== artifact.name);
    files.set(step_id, [...others, artifact]);
  }
  return files;
}

interface Rerun extends Replayed {
  state: RunState;
  replay: ParametricReplay;
}

function toSubmission(parts: RerunParts, context: RequestContext, rerun: Rerun): Submission {
  const { input, record, state, replay } = rerun;
  const { agentId, goal, priority, labels } = record;
  const { tenantId, traceparent } = context;
  const { idempotency_key: idempotencyKey = context.idempotencyKey ?? null, ...body } = input;
  const again = replay.treatments.filter(({ treatment }) => treatment !== 'taken_over');
  const createdAt = new Date(parts.clock.now()).toISOString();
  const reserveMicrocents = reservationOf(parts.skills, rerun);
  const first = { rerun, planId: parts.chance.newId(), createdAt, reserveMicrocents };
  return {
    runId: parts.chance.newId(),
    tenantId,
    agentId,
    agentKey: `${tenantId}/${agentId}`,
    idempotencyKey,
    requestHash: canonicalHash(body),
    reserveMicrocents,
    skills: [...new Set(again.map(({ skill }) => skill))],
    steps: replay.steps.length,
    maxSteps: state.maxSteps,
    startAt: null,
    deadline: null,
    isOverdue: false,
    goal,
    priority,
    labels,
    context: state.context,
    traceparent,
    createdAt,
    events: (admitted) => firstEvents(first, admitted),
  };
}

/** What the caller says, else what the steps that are really called usually cost. */
function reservationOf(skills: SkillRegistry, { input, replay }: Rerun): number {
  const { budget_cents: budgetCents } = input.changes ?? {};
  if (budgetCents !== undefined) return microcentsOf(budgetCents);
  return replay.steps.reduce((sum, { skill, params }, index) => {
    const treatment = replay.treatments[index]?.treatment;
    const isCalled = treatment === 'run' || treatment === 'execute';
    return sum + (isCalled ? (skills.get(skill)?.usualCostMicrocents(params) ?? 0) : 0);
  }, 0);
}

interface First {
  rerun: Rerun;
  planId: string;
  createdAt: string;
  reserveMicrocents: number;
}

/** What its journal begins with: goal and plan, what is taken over, what the others are answered with. */
function firstEvents(
  { rerun, planId, createdAt: time, reserveMicrocents }: First,
  { agentVersion, maxSteps }: AdmittedAs,
): RunEvent[] {
  const { input, record, state, replay } = rerun;
  const metadata = {
    planner: 'replay',
    model: state.plan?.metadata.model ?? null,
    reasoning: state.plan?.metadata.reasoning ?? null,
    input_tokens: 0,
    output_tokens: 0,
    latency_ms: 0,
  };
  const events: NewRunEvent[] = [
    {
      type: 'run.queued',
      time,
      data: {
        goal: record.goal,
        agent_version: agentVersion,
        priority: record.priority,
        max_steps: maxSteps,
        reserved_microcents: reserveMicrocents,
        context: state.context,
        labels: record.labels,
        max_parallel: state.maxParallel,
        on_failure: state.onFailure,
        replay_of: {
          run_id: record.runId,
          from_step: input.from_step ?? null,
          effects: input.effects ?? 'recorded',
        },
      },
    },
    { type: 'plan.created', time, data: { plan_id: planId, metadata, steps: replay.steps } },
    ...replay.takenOver.flatMap(({ end, files }): NewRunEvent[] => [
      ...files.map((artifact): NewRunEvent => ({
        type: 'artifact.created',
        time,
        data: { step_id: end.step_id, artifact },
      })),
      { type: 'step.finished', time, data: end },
    ]),
    ...replay.recordings.map((data): NewRunEvent => ({ type: 'step.recorded', time, data })),
  ];
  return events.map((event, index) => ({ ...event, seq: index + 1 }));
}
