import { succeed, type PlanStep } from '@aos/contracts';
import { ArtifactKeeper } from '../../src/application/artifacts/artifact-keeper.ts';
import type { JournalEntry } from '../../src/application/engine/journal-writer.ts';
import type { ClaimedRun, Planner, PlanningResult, PlanRequest } from '../../src/application/engine/ports.ts';
import { RunExecution } from '../../src/application/engine/run-execution.ts';
import { ToolAdapter } from '../../src/application/engine/tool-adapter.ts';
import type { NewRunEvent, RunEvent } from '../../src/domain/run/state.ts';
import type { Skill, Spend } from '../../src/domain/skill/skill.ts';
import { systemClock } from '../../src/outbound/clock.ts';

const TIME = '2026-01-01T00:00:00.000Z';
export const SPENT: Spend = { costMicrocents: 300, inputTokens: 20, outputTokens: 5 };
export const CLAIM: ClaimedRun = {
  runId: '019b76da-b940-7d77-812d-76c1d6cc1601',
  tenantId: 'acme',
  agentId: '019b76da-b940-7d77-812d-76c1d6cc1602',
  traceparent: '',
  seq: 1,
  enqueueNo: 1,
  idleClaims: 1,
  hasSignals: false,
};
export const STEP: PlanStep = {
  step_id: 'ask',
  skill: 'paid',
  skill_version: '1',
  params: {},
  depends_on: [],
  timeout_ms: 10_000,
  retry: { maximum_attempts: 1, initial_interval_ms: 0, backoff_coefficient: 1, maximum_interval_ms: 0 },
};
const METADATA = { model: null, reasoning: null, input_tokens: 0, output_tokens: 0, latency_ms: 0 };

export const queued: NewRunEvent = {
  type: 'run.queued',
  time: TIME,
  data: {
    goal: 'goal',
    agent_version: 4,
    priority: 5,
    max_steps: 9,
    reserved_microcents: 1_000,
    context: { a: 1 },
    labels: {},
  },
};
export const planned: NewRunEvent = {
  type: 'plan.created',
  time: TIME,
  data: { plan_id: 'p', metadata: { planner: 'caller', ...METADATA }, steps: [STEP] },
};
export const started: NewRunEvent = { type: 'run.started', time: TIME, data: { engine_version: 2 } };

export interface ExecutionWorld {
  journal: NewRunEvent[];
  /** Called with each attempt at a plan. */
  plan?: (request: PlanRequest) => Promise<PlanningResult>;
  /** Called with each question how the run goes on. */
  review?: Planner['review'];
  hasSideEffects?: boolean;
  /** Called with each call of the skill. */
  execute?: Skill['execute'];
  /** How long a row takes to become durable. */
  writing?: Promise<void>;
}

const unwanted = () => Promise.reject(new Error('no artifact is wanted'));
const NO_STORE = { put: unwanted, get: unwanted, ping: unwanted };

/** A run with all that is around it; `told` is what it adds to the journal. */
export function executionIn({
  journal,
  plan,
  review,
  execute,
  hasSideEffects = true,
  writing,
}: ExecutionWorld) {
  const told: RunEvent[] = [];
  const events = journal.map((event, index): RunEvent => ({ ...event, seq: index + 1 }));
  const lease = { beforeEffect: () => Promise.resolve() };
  const skill: Skill = {
    spec: {
      name: 'paid',
      version: '1',
      description: '',
      input_schema: {},
      output_schema: {},
      side_effects: 'always',
      idempotent: 'always',
      cost_microcents: 0,
      latency_ms: 1,
      timeout_ms: 1,
    },
    validate: () => [],
    forbiddenPlaces: () => [],
    usualCostMicrocents: () => 0,
    hasSideEffects: () => hasSideEffects,
    isIdempotent: () => true,
    undoOf: () => null,
    execute: execute ?? (async () => succeed({ output: 'done' })),
  };
  const execution = new RunExecution(
    {
      writer: {
        add: async ({ rows }: JournalEntry) => {
          told.push(...rows.map(({ event }) => event));
          await writing;
        },
      },
      tools: new ToolAdapter({
        skills: new Map([['paid', skill]]),
        artifacts: new ArtifactKeeper(NO_STORE),
        lease,
        clock: systemClock,
      }),
      workerId: 'worker',
      store: { signal: unwanted, closeToChildren: unwanted },
      publisher: { nudge: () => undefined, publishTickets: unwanted },
      wake: unwanted,
      planner: {
        plan: plan ?? (() => Promise.reject(new Error('no plan is wanted'))),
        review: review ?? (() => Promise.reject(new Error('no review is wanted'))),
      },
      lease,
      clock: systemClock,
      chance: { random: () => 0, newId: () => 'id' },
      observer: {
        runFinished: () => undefined,
        stepFinished: () => undefined,
        trouble: () => undefined,
      },
    },
    CLAIM,
    events,
  );
  return { execution, told, types: () => told.map(({ type }) => type) };
}
