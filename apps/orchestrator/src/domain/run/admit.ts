import { errorOf, invalidRequest, type ErrorSpec, type RunOnFailure } from '@aos/contracts';
import { planningOf, type Planning, type PlanningWish } from './planning.ts';

/** What submit's transaction has locked and read of an agent. */
export interface AgentFacts {
  version: number;
  /** Skills its plans may use; empty: all. */
  skills: readonly string[];
  maxSteps: number | null;
  /** 0: no limit of the agent's own. */
  budgetMicrocents: number;
  spentMicrocents: number;
  reservedMicrocents: number;
  openRuns: number;
  maxConcurrentRuns: number;
  /** Absent: its goals are planned once. */
  planning?: PlanningWish;
  /** Set where an operator has suspended the agent's tenant. */
  isTenantSuspended?: boolean;
  /** Absent: `compensate`. */
  onFailure?: RunOnFailure;
}

/** What a run is admitted with. */
export interface AdmittedAs {
  agentVersion: number;
  maxSteps: number;
  /** What its agent says; its goal may say otherwise. */
  onFailure: RunOnFailure;
  planning: Planning;
  reserveMicrocents: number;
}

export interface Admission {
  runId: string;
  agentKey: string;
  /** Null: no key was given. Scoped by tenant. */
  idempotencyKey: string | null;
  requestHash: string;
  reserveMicrocents: number;
  skills: readonly string[];
  steps: number;
  maxSteps: number | null;
  /** Null: at once. A run that waits for its time is not open yet. */
  startAt: string | null;
  /** Its deadline has passed. */
  isOverdue: boolean;
  /** What the goal says of its planning. */
  planning?: PlanningWish;
  /** Reserved on top where the run is adaptive: its planner is asked in any case. */
  reviewMicrocents?: number;
  /** What is known to be against it. */
  refusal?: ErrorSpec | undefined;
}

/** An ended run that is to begin again is judged as a goal that comes with its plan, at once and without a key. */
export function admissionAgain(
  run: Pick<Admission, 'runId' | 'agentKey' | 'reserveMicrocents' | 'skills' | 'steps'>,
): Admission {
  const { runId, agentKey, reserveMicrocents, skills, steps } = run;
  const keyless = { idempotencyKey: null, requestHash: '', maxSteps: null, startAt: null, isOverdue: false };
  return { ...keyless, runId, agentKey, reserveMicrocents, skills, steps };
}

interface KnownRun {
  runId: string;
  requestHash: string;
}

export type Verdict =
  ({ kind: 'admit' } & AdmittedAs) | { kind: 'repeat'; runId: string } | { kind: 'refuse'; error: ErrorSpec };

interface Known {
  agents: ReadonlyMap<string, AgentFacts>;
  /** By idempotency key, and by run id: a batch repeated after a lost connection meets its own runs. */
  runs: ReadonlyMap<string, KnownRun>;
  maxStepsDefault: number;
}

/**
 * Judges a batch of submits in order against locked facts: each verdict counts what the ones before it took.
 * Pure: the simulation runs the same function.
 */
export function admit(requests: readonly Admission[], known: Known): Verdict[] {
  const taken = new Map<string, { microcents: number; runs: number }>();
  const fresh = new Map<string, KnownRun>();
  return requests.map((request) => {
    const key = request.idempotencyKey;
    const first =
      known.runs.get(request.runId) ?? (key === null ? undefined : (known.runs.get(key) ?? fresh.get(key)));
    if (first !== undefined) return repeat(first, request);

    const agent = known.agents.get(request.agentKey);
    if (agent === undefined) return refuse('not_found', 'no such agent');
    const used = taken.get(request.agentKey) ?? { microcents: 0, runs: 0 };
    const planning = planningOf(request.planning, agent.planning);
    const reserveMicrocents =
      request.reserveMicrocents + (planning.mode === 'adaptive' ? (request.reviewMicrocents ?? 0) : 0);
    const refusal = judge({ ...request, reserveMicrocents }, agent, used, known.maxStepsDefault);
    if (refusal !== undefined) return { kind: 'refuse', error: refusal };

    taken.set(request.agentKey, {
      microcents: used.microcents + reserveMicrocents,
      runs: used.runs + (request.startAt === null ? 1 : 0),
    });
    if (key !== null) fresh.set(key, { runId: request.runId, requestHash: request.requestHash });
    return {
      kind: 'admit',
      agentVersion: agent.version,
      maxSteps: allowedSteps(request, agent, known.maxStepsDefault),
      onFailure: agent.onFailure ?? 'compensate',
      planning,
      reserveMicrocents,
    };
  });
}

function judge(
  request: Admission,
  agent: AgentFacts,
  used: { microcents: number; runs: number },
  maxStepsDefault: number,
): ErrorSpec | undefined {
  if (agent.isTenantSuspended === true)
    return errorOf('tenant_suspended', 'the tenant is suspended: nothing of it is run until it is resumed');
  if (request.refusal !== undefined) return request.refusal;
  if (request.isOverdue) {
    const message = 'has passed; the run could do nothing';
    return invalidRequest([{ field: '/deadline', message }]);
  }
  const foreign = request.skills.find((skill) => agent.skills.length > 0 && !agent.skills.includes(skill));
  if (foreign !== undefined) {
    const message = `the agent may not use the skill ${foreign}; it may use ${agent.skills.join(', ')}`;
    return errorOf('invalid_request', message, { details: { issues: [{ field: '/plan', message }] } });
  }
  const allowed = allowedSteps(request, agent, maxStepsDefault);
  if (request.steps > allowed) {
    const message = `the plan has ${request.steps} steps, the run may take ${allowed}`;
    return errorOf('invalid_request', message, { details: { issues: [{ field: '/plan', message }] } });
  }
  if (request.startAt === null && agent.openRuns + used.runs >= agent.maxConcurrentRuns) {
    return errorOf(
      'too_many_open_runs',
      `the agent may have ${agent.maxConcurrentRuns} open runs; wait for one to end`,
      {
        retryAfterMs: 1000,
      },
    );
  }
  const free = agent.budgetMicrocents - agent.spentMicrocents - agent.reservedMicrocents - used.microcents;
  if (agent.budgetMicrocents > 0 && request.reserveMicrocents > free) {
    return errorOf('budget_exceeded', 'the agent’s budget does not cover the estimated cost of this goal', {
      details: { free_microcents: Math.max(0, free), needed_microcents: request.reserveMicrocents },
    });
  }
  return undefined;
}

/** The goal may ask for fewer steps than its agent allows, never for more. */
function allowedSteps(request: Admission, agent: AgentFacts, maxStepsDefault: number): number {
  const limit = agent.maxSteps ?? maxStepsDefault;
  return Math.min(limit, request.maxSteps ?? limit);
}

function repeat(first: KnownRun, request: Admission): Verdict {
  if (first.requestHash === request.requestHash) return { kind: 'repeat', runId: first.runId };
  return refuse(
    'idempotency_conflict',
    'the idempotency key was used with another goal; use a new key or send the same body',
  );
}

function refuse(code: 'not_found' | 'idempotency_conflict', message: string): Verdict {
  return { kind: 'refuse', error: errorOf(code, message) };
}
