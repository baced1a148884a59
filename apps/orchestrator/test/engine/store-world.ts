import { createHash } from 'node:crypto';
import { v7 as newId } from 'uuid';
import type { Mailbox } from '../../src/application/messages/mailbox.ts';
import type { EngineStore, JournalRow, Submission } from '../../src/application/engine/ports.ts';
import { ENGINE_VERSION } from '../../src/domain/run/state.ts';

/** What an agent's budget says. */
interface Counters {
  reserved: number;
  spent: number;
  openRuns: number;
}

interface NewAgent {
  tenantId?: string;
  budgetMicrocents?: number;
  maxConcurrentRuns?: number;
}

export interface AgentPlace {
  tenantId: string;
  agentId: string;
  agentKey: string;
}

/** A store under test, with a way to what the port does not show. */
export interface StoreWorld {
  store: EngineStore;
  mailbox: Mailbox;
  addAgent(agent?: NewAgent): Promise<AgentPlace>;
  counters(agent: AgentPlace): Promise<Counters>;
  /** A process takes its lock; answers the function that ends the connection that holds it. */
  lock(workerId: string): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const LEASE_MS = 10_000;

/** Takes a place among the workers. */
export async function newWorker(store: EngineStore, leaseMs = LEASE_MS): Promise<string> {
  const workerId = newId();
  await store.registerWorker({ workerId, host: 'test', engineVersion: ENGINE_VERSION, slots: 5, leaseMs });
  return workerId;
}

export function submission(agent: AgentPlace, more: Partial<Submission> = {}): Submission {
  const createdAt = new Date().toISOString();
  const goal = more.goal ?? 'goal';
  return {
    ...agent,
    runId: newId(),
    idempotencyKey: null,
    requestHash: createHash('sha256').update(goal).digest('hex'),
    reserveMicrocents: 0,
    skills: [],
    steps: 1,
    maxSteps: null,
    startAt: null,
    isOverdue: false,
    deadline: null,
    goal,
    priority: 5,
    labels: {},
    context: {},
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    createdAt,
    events: ({ agentVersion, maxSteps }) => [
      {
        seq: 1,
        type: 'run.queued',
        time: createdAt,
        data: {
          goal,
          agent_version: agentVersion,
          priority: 5,
          max_steps: maxSteps,
          reserved_microcents: 0,
          context: {},
          labels: {},
        },
      },
      {
        seq: 2,
        type: 'plan.created',
        time: createdAt,
        data: { plan_id: newId(), metadata: METADATA, steps: [] },
      },
    ],
    ...more,
  };
}

/** As a goal that has yet to be planned. */
export function withoutPlan(run: Submission): Submission {
  return { ...run, steps: 0, events: (admitted) => run.events(admitted).slice(0, 1) };
}

const METADATA = {
  planner: 'caller',
  model: null,
  reasoning: null,
  input_tokens: 0,
  output_tokens: 0,
  latency_ms: 0,
};

/** A row for the journal of a run; what it says does not matter to a store. */
export function row({ runId, tenantId, agentId }: Submission, seq: number, reason = 'due'): JournalRow {
  const event = { seq, type: 'run.resumed', time: new Date().toISOString(), data: { reason } } as const;
  return { runId, tenantId, agentId, traceparent: '', event };
}
