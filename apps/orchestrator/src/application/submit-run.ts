import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import {
  GOAL_LIMITS,
  errorOf,
  fail,
  invalidRequest,
  jsonBytes,
  microcentsOf,
  succeed,
  type InputIssue,
  type InputOf,
  type PlanStep,
  type RequestContext,
  type StructuredOutcome,
  type SubmittedRun,
  type runsSubmit,
} from '@aos/contracts';
import { normalisePlan } from '../domain/plan/normalise-plan.ts';
import { usualCostOf } from '../domain/plan/plan-cost.ts';
import { skillsOf } from '../domain/plan/plan-skills.ts';
import type { AdmittedAs } from '../domain/run/admit.ts';
import type { NewRunEvent, RunEvent } from '../domain/run/state.ts';
import type { SkillRegistry } from '../domain/skill/skill.ts';
import {
  StoreDataError,
  type Chance,
  type Clock,
  type Submission,
  type SubmitResult,
} from './engine/ports.ts';

interface SubmitParts {
  submit: (submission: Submission) => Promise<SubmitResult>;
  skills: SkillRegistry;
  clock: Clock;
  chance: Chance;
  limits: { maxSteps: number; defaultEstCostCents: number };
}

type Goal = InputOf<typeof runsSubmit>;

/** A plan that came with its goal. */
interface GivenPlan {
  planId: string;
  steps: PlanStep[];
}

const GIVEN = {
  planner: 'caller',
  model: null,
  reasoning: null,
  input_tokens: 0,
  output_tokens: 0,
  latency_ms: 0,
};

/** Takes a goal: checks it, then lets the engine admit it in one durable step. */
export function submitRun(parts: SubmitParts) {
  return async (context: RequestContext, goal: Goal): Promise<StructuredOutcome<SubmittedRun>> => {
    const submission = submissionOf(parts, context, goal);
    if (!submission.ok) return submission;
    return whileStorable(() => parts.submit(submission.value));
  };
}

type SubmitContext = Pick<RequestContext, 'tenantId' | 'traceparent' | 'idempotencyKey'>;

/** A goal as the engine admits it, unless its content is wrong. */
export function submissionOf(
  parts: Omit<SubmitParts, 'submit'>,
  context: SubmitContext,
  goal: Goal,
): StructuredOutcome<Submission> {
  const issues = contentIssues(goal);
  if (issues.length > 0) return fail(invalidRequest(issues));
  const plan = planOf(parts, goal);
  return plan.ok ? succeed(toSubmission(parts, context, goal, plan.value)) : plan;
}

/** The verdict on a submit, as its caller is told. */
export async function whileStorable(
  submit: () => Promise<SubmitResult>,
): Promise<StructuredOutcome<SubmittedRun>> {
  try {
    return toOutcome(await submit());
  } catch (error) {
    if (error instanceof StoreDataError)
      return fail(invalidRequest([{ field: '', message: 'cannot be stored as it is' }]));
    return fail(
      errorOf('unavailable', 'the run could not be stored; try again with the same idempotency key', {
        retryAfterMs: 1000,
      }),
    );
  }
}

/** Null: the goal comes without a plan, so the run is planned when it is worked on. */
function planOf(
  { skills, chance }: Omit<SubmitParts, 'submit'>,
  { plan }: Goal,
): StructuredOutcome<GivenPlan | null> {
  if (plan === undefined) return succeed(null);
  // How many steps the run may take is judged with its agent, in the engine.
  const steps = normalisePlan(plan, skills, { maxSteps: Number.MAX_SAFE_INTEGER });
  return steps.ok ? succeed({ planId: chance.newId(), steps: steps.value }) : steps;
}

function toSubmission(
  parts: Omit<SubmitParts, 'submit'>,
  context: SubmitContext,
  goal: Goal,
  plan: GivenPlan | null,
): Submission {
  const { tenantId } = context;
  const createdAt = new Date(parts.clock.now()).toISOString();
  const steps = plan?.steps ?? [];
  const isScheduled = goal.start_at !== undefined && Date.parse(goal.start_at) > parts.clock.now();
  const startAt = isScheduled ? (goal.start_at ?? null) : null;
  const reserveMicrocents = reservationOf(parts, goal, steps);
  const { idempotency_key: idempotencyKey = context.idempotencyKey ?? null, ...body } = goal;
  return {
    runId: parts.chance.newId(),
    tenantId,
    agentId: goal.agent_id,
    agentKey: `${tenantId}/${goal.agent_id}`,
    idempotencyKey,
    requestHash: createHash('sha256')
      .update(canonicalize(body) ?? '')
      .digest('hex'),
    reserveMicrocents,
    skills: skillsOf(steps),
    steps: steps.length,
    maxSteps: goal.max_steps ?? null,
    planning: { mode: goal.planning_mode, replan: goal.replan },
    reviewMicrocents: reviewReservationOf(parts, goal),
    startAt,
    deadline: goal.deadline ?? null,
    isOverdue: goal.deadline !== undefined && Date.parse(goal.deadline) <= parts.clock.now(),
    goal: goal.goal,
    priority: goal.priority,
    labels: goal.labels ?? {},
    context: goal.context ?? {},
    traceparent: context.traceparent,
    createdAt,
    events: (admitted) => firstEvents({ goal, plan, createdAt, startAt }, admitted),
  };
}

interface Accepted {
  goal: Goal;
  plan: GivenPlan | null;
  createdAt: string;
  /** Null: at once. */
  startAt: string | null;
}

/** What a run's journal begins with. */
function firstEvents(accepted: Accepted, admitted: AdmittedAs): RunEvent[] {
  const { goal, plan, createdAt: time, startAt } = accepted;
  const { planning } = admitted;
  const queued = {
    goal: goal.goal,
    agent_version: admitted.agentVersion,
    priority: goal.priority,
    max_steps: admitted.maxSteps,
    reserved_microcents: admitted.reserveMicrocents,
    context: goal.context ?? {},
    labels: goal.labels ?? {},
    ...(goal.max_parallel === undefined ? {} : { max_parallel: goal.max_parallel }),
    ...(startAt === null ? {} : { start_at: startAt }),
    ...(goal.deadline === undefined ? {} : { deadline: goal.deadline }),
    on_failure: goal.on_failure ?? admitted.onFailure,
    ...(planning.mode === 'plan' ? {} : { planning_mode: planning.mode, replan: planning.replan }),
  };
  const events: NewRunEvent[] = [{ type: 'run.queued', time, data: queued }];
  if (plan !== null) {
    const created = { plan_id: plan.planId, metadata: GIVEN, steps: plan.steps };
    events.push({ type: 'plan.created', time, data: created });
  }
  if (startAt !== null) {
    const waiting = { reason: 'start_at', next_attempt_at: startAt, error: null };
    events.push({ type: 'run.waiting', time, data: waiting });
  }
  return events.map((event, index) => ({ ...event, seq: index + 1 }));
}

/** What the caller estimates, else what the plan's steps usually cost, each counted once, and what it costs to undo them; for a goal to be planned the default. */
function reservationOf(
  { skills, limits }: Omit<SubmitParts, 'submit'>,
  goal: Goal,
  steps: PlanStep[],
): number {
  if (goal.est_cost_cents !== undefined) return microcentsOf(goal.est_cost_cents);
  if (steps.length === 0) return microcentsOf(limits.defaultEstCostCents);
  const { forward, back } = usualCostOf(steps, skills);
  return goal.on_failure === 'keep' ? forward : forward + back;
}

/** Of a plan that came with its goal the steps are reserved for; the planner of an adaptive run is paid, too. */
function reviewReservationOf(
  { limits }: Omit<SubmitParts, 'submit'>,
  { plan, est_cost_cents: estimate }: Goal,
): number {
  return plan === undefined || estimate !== undefined ? 0 : microcentsOf(limits.defaultEstCostCents);
}

/** Postgres text holds no NUL, and an event holds 32 KB. */
function contentIssues(goal: Goal): InputIssue[] {
  const issues: InputIssue[] = [];
  for (const field of ['goal', 'context', 'labels', 'plan'] as const) {
    if (JSON.stringify(goal[field] ?? null).includes('\\u0000')) {
      issues.push({ field: `/${field}`, message: 'contains a NUL character; remove it' });
    }
  }
  if (isOver(goal)) issues.push({ field: '/deadline', message: 'is not after start_at' });
  const bytes = jsonBytes([goal.context ?? {}, goal.labels ?? {}]);
  const most = GOAL_LIMITS.context_bytes_max;
  if (bytes > most)
    issues.push({ field: '/context', message: `with the labels is ${bytes} bytes, the limit is ${most}` });
  return issues;
}

function isOver({ start_at: startAt, deadline }: Goal): boolean {
  return startAt !== undefined && deadline !== undefined && Date.parse(deadline) <= Date.parse(startAt);
}

function toOutcome(result: SubmitResult): StructuredOutcome<SubmittedRun> {
  switch (result.kind) {
    case 'refuse':
      return fail(result.error);
    case 'admitted':
      return succeed({ ...result.run, replayed: false });
    case 'repeated':
      return succeed({ ...result.run, replayed: true });
  }
}
