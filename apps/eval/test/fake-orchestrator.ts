import {
  agentsCreate,
  errorOf,
  eventSubject,
  fail,
  runsCancel,
  runsGet,
  runsSubmit,
  succeed,
  type ErrorSpec,
  type InputOf,
  type Run,
  type runSummary,
} from '@aos/contracts';
import { connectMessaging, type Messaging } from '@aos/messaging';
import { createLogger } from '@aos/telemetry';
import { waitUntil } from '@aos/testing';
import { v7 as newId } from 'uuid';
import type { z } from 'zod';

type Goal = InputOf<typeof runsSubmit>;

/** What becomes of a submitted goal: its run ends with an output, goes on, or is refused. */
export type Fate = { output: unknown; costMicrocents?: number } | 'runs on' | ErrorSpec;

/** The orchestrator as far as evaluations know it, with agents, runs and idempotency keys; on a real NATS, with its rights. */
export class FakeOrchestrator {
  /** Every submit that came, the repeated ones, too. */
  readonly submits: Goal[] = [];
  readonly runs = new Map<string, Run>();
  readonly agents = new Map<string, { tenantId: string; maxConcurrentRuns: number | undefined }>();
  readonly cancelled: string[] = [];
  /** The ids of the runs that were looked at. */
  readonly looks: string[] = [];
  /** Asked at each submit that is not a repeat. */
  fateOf: (goal: Goal) => Fate = () => ({ output: null });
  /** Why runs cannot be read now; undefined: they can. */
  outage: ErrorSpec | undefined;
  /** Called before a cancel is answered. */
  onCancel: (runId: string) => Promise<void> = async () => undefined;
  /** Whether ends of runs are told by events. */
  isTelling = true;
  readonly #messaging: Messaging;
  readonly #keys = new Map<string, string>();

  private constructor(messaging: Messaging) {
    this.#messaging = messaging;
    messaging.answer(agentsCreate, async ({ tenantId }, { max_concurrent_runs: runsMax, ...input }) => {
      const agentId = newId();
      this.agents.set(agentId, { tenantId, maxConcurrentRuns: runsMax });
      return succeed({ ...AGENT, ...input, agent_id: agentId, tenant_id: tenantId, max_steps: 50 });
    });
    messaging.answer(runsSubmit, async ({ tenantId }, goal) => this.#submit(tenantId, goal));
    messaging.answer(runsGet, async ({ tenantId }, { run_id: runId }) => {
      this.looks.push(runId);
      if (this.outage !== undefined) return fail(this.outage);
      const run = this.runs.get(runId);
      return run?.tenant_id === tenantId ? succeed(run) : fail(errorOf('not_found', `no run ${runId}`));
    });
    messaging.answer(runsCancel, async (_context, { run_id: runId }) => {
      await this.onCancel(runId);
      const run = this.runs.get(runId);
      if (run === undefined) return fail(errorOf('not_found', `no run ${runId}`));
      if (run.finished_at !== null) return fail(errorOf('conflict', 'the run has ended'));
      this.cancelled.push(runId);
      return succeed(run satisfies z.infer<typeof runSummary>);
    });
  }

  static async start(natsUrl: string): Promise<FakeOrchestrator> {
    const logger = createLogger({ service: 'fake', level: 'silent' });
    return new FakeOrchestrator(await connectMessaging({ url: natsUrl, service: 'orchestrator', logger }));
  }

  /** The first run of a task, as soon as it is there. */
  running(task: string): Promise<Run> {
    return waitUntil(() => this.runsOf(task)[0], { what: `${task} runs` });
  }

  /** The runs of a task, by its name. */
  runsOf(task: string): Run[] {
    return [...this.runs.values()].filter(({ labels }) => labels['task'] === task);
  }

  /** Ends a run; told by an event unless that is off. */
  async end(runId: string, output: unknown, costMicrocents = 0): Promise<void> {
    const run = this.runs.get(runId);
    if (run === undefined) throw new Error(`no run ${runId}`);
    this.runs.set(runId, {
      ...run,
      status: 'succeeded',
      cost_microcents: costMicrocents,
      cost_cents: costMicrocents / 1e6,
      finished_at: new Date(Date.parse(run.created_at) + 40).toISOString(),
      outcome: { output: toJson(output), output_artifact: null, error: null },
    });
    if (this.isTelling) await this.tell(runId);
  }

  /** Publishes `run.finished`; `copy`: under an id of its own, so that the stream keeps a repeat. */
  async tell(runId: string, copy = ''): Promise<void> {
    const run = this.runs.get(runId);
    const tenantId = run?.tenant_id ?? 'acme';
    const agentId = run?.agent_id ?? newId();
    const event = {
      specversion: '1.0',
      id: `1-${runId}-9${copy}`,
      source: 'aos/orchestrator',
      type: 'run.finished',
      subject: `run/${runId}`,
      time: new Date().toISOString(),
      datacontenttype: 'application/json',
      tenantid: tenantId,
      agentid: agentId,
      runid: runId,
      runseq: 9,
      data: {},
    };
    const subject = eventSubject({ tenantId, agentId, entity: 'run', entityId: runId }, 'run.finished');
    await this.#messaging.publishEvents([{ subject, id: event.id, payload: JSON.stringify(event) }]);
  }

  async stop(): Promise<void> {
    await this.#messaging.drain();
  }

  async #submit(tenantId: string, goal: Goal) {
    this.submits.push(goal);
    const known = this.#keys.get(goal.idempotency_key ?? '');
    const first = known === undefined ? undefined : this.runs.get(known);
    if (first !== undefined) {
      // The same key with another body is refused, and an agent is a part of it.
      if (first.agent_id !== goal.agent_id) return fail(errorOf('idempotency_conflict', 'another body'));
      return succeed({ ...first, replayed: true });
    }
    if (!this.agents.has(goal.agent_id)) return fail(errorOf('not_found', 'no such agent'));
    const fate = this.fateOf(goal);
    if (fate !== 'runs on' && 'code' in fate) return fail(fate);
    const run = newRun(tenantId, goal);
    this.runs.set(run.run_id, run);
    this.#keys.set(goal.idempotency_key ?? run.run_id, run.run_id);
    if (fate !== 'runs on') await this.end(run.run_id, fate.output, fate.costMicrocents);
    return succeed({ ...run, replayed: false });
  }
}

const TIME = '2026-01-01T00:00:00.000Z';

const AGENT = {
  version: 1,
  budget_microcents: 0,
  spent_cents: 0,
  spent_microcents: 0,
  reserved_cents: 0,
  reserved_microcents: 0,
  open_runs: 0,
  max_concurrent_runs: 5,
  created_at: TIME,
  updated_at: TIME,
};

function newRun(tenantId: string, goal: Goal): Run {
  return {
    run_id: newId(),
    agent_id: goal.agent_id,
    tenant_id: tenantId,
    status: 'running',
    goal: goal.goal,
    labels: goal.labels ?? {},
    priority: goal.priority,
    cost_cents: 0,
    cost_microcents: 0,
    waiting_reason: null,
    next_attempt_at: null,
    created_at: new Date().toISOString(),
    started_at: null,
    finished_at: null,
    context: goal.context ?? {},
    max_steps: 50,
    input_tokens: 0,
    output_tokens: 0,
    reserved_cents: 0,
    reserved_microcents: 0,
    plan: null,
    planning: { attempts: 0, next_attempt_at: null, error: null },
    steps: [],
    artifacts: [],
    outcome: null,
  };
}

function toJson(value: unknown): NonNullable<Run['outcome']>['output'] {
  return JSON.parse(JSON.stringify(value));
}
