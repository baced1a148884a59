import { randomUUID } from 'node:crypto';
import { llmRequest, type LlmRequest, type RequestContext } from '@aos/contracts';
import { createPool, sqlTenantDatabase, type Pool } from '@aos/database';
import { createLogger } from '@aos/telemetry';
import { startModelSandbox, testPostgres, type ModelSandbox } from '@aos/testing';
import { completeLlm } from '../src/application/complete-llm.ts';
import { chooseModel } from '../src/application/door/choose-model.ts';
import { callersCap } from '../src/application/door/limits.ts';
import { openCall } from '../src/application/door/open-call.ts';
import { exportCompleted } from '../src/application/export-completed.ts';
import { KeyedCalls } from '../src/application/keyed-calls.ts';
import type { ClaimResult, LlmObserver, ReplyStore, SpendStore } from '../src/application/ports.ts';
import { SpendRecorder } from '../src/application/spend-recorder.ts';
import type { EndOfLifeNotice } from '../src/domain/model.ts';
import type { Spend } from '../src/domain/spend.ts';
import { MODELS } from '../src/models/models.ts';
import { openCallSpan } from '../src/outbound/call-span.ts';
import { systemClock as clock } from '../src/outbound/clock.ts';
import { anthropicProvider } from '../src/outbound/providers/anthropic.provider.ts';
import { repliesRepository, sweepReplies } from '../src/outbound/replies.repository.ts';
import { spendRepository } from '../src/outbound/spend.repository.ts';

/** What the use cases told. */
interface Told {
  answered: Spend[];
  failed: string[];
  ending: EndOfLifeNotice[];
  troubles: string[];
  lost: Spend[];
}

interface Replica {
  complete: ReturnType<typeof completeLlm>;
  recorder: SpendRecorder;
  told: Told;
  /** How often there was an event to publish. */
  kicks: number;
  /** What it found when it asked for a key, in order. */
  claims: ClaimResult['state'][];
}

interface ReplicaOptions {
  leaseMs?: number;
  timeoutMs?: number;
  patienceMs?: number;
  /** What stands before the real stores. */
  spends?: (real: SpendStore) => SpendStore;
  replies?: (real: ReplyStore) => ReplyStore;
}

const asItIs = <T>(real: T): T => real;

export interface World {
  sandbox: ModelSandbox;
  /** Past row security. */
  admin: Pool;
  exportCompleted: ReturnType<typeof exportCompleted>;
  /** The use cases of one process: what it has in memory is its own. */
  replica(options?: ReplicaOptions): Replica;
  sweep(): Promise<void>;
  close(): Promise<void>;
}

/** A fresh database and a model sandbox, for as many replicas as a test wants. */
export async function openWorld(): Promise<World> {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const postgres = await testPostgres();
  const sandbox = await startModelSandbox();
  const options = { applicationName: 'test', logger };
  const app = createPool({ ...options, url: postgres.appUrl, max: 8 });
  const system = createPool({ ...options, url: postgres.systemUrl, max: 2 });
  const admin = createPool({ ...options, url: postgres.adminUrl, max: 2 });
  const database = sqlTenantDatabase(app);
  const realSpends = spendRepository(database, system);
  return {
    sandbox,
    admin,
    exportCompleted: exportCompleted(realSpends),
    replica: ({ leaseMs, timeoutMs = 5_000, patienceMs, spends = asItIs, replies: before = asItIs } = {}) => {
      const { observer, told } = listening();
      const recorder = new SpendRecorder({
        spends: spends(realSpends),
        clock,
        observer,
        onRecorded: () => (replica.kicks += 1),
        ...(patienceMs !== undefined && { patienceMs }),
      });
      const claims: Replica['claims'] = [];
      const replies = telling(before(repliesRepository(database)), (state) => claims.push(state));
      const provider = anthropicProvider({
        apiKey: 'simulated',
        baseUrl: sandbox.url,
        keyName: 'ANTHROPIC_API_KEY',
      });
      const complete = completeLlm({
        choose: chooseModel({ models: MODELS, defaultModel: 'claude-sonnet-5', clock, observer }),
        open: openCall({ limits: callersCap, clock, observer, openSpan: openCallSpan, timeoutMs }),
        findProvider: () => provider,
        keyedCalls: new KeyedCalls({ replies, clock, observer, ...(leaseMs !== undefined && { leaseMs }) }),
        recorder,
        spends: realSpends,
        clock,
      });
      const replica: Replica = { complete, recorder, told, kicks: 0, claims };
      return replica;
    },
    sweep: () => sweepReplies(system),
    close: async () => {
      await sandbox.close();
      await Promise.all([app.end(), system.end(), admin.end()]);
      await postgres.close();
    },
  };
}

function telling(replies: ReplyStore, tell: (state: ClaimResult['state']) => void): ReplyStore {
  return {
    ...replies,
    claim: async (claim, leaseMs) => {
      const found = await replies.claim(claim, leaseMs);
      tell(found.state);
      return found;
    },
  };
}

function listening(): { observer: LlmObserver; told: Told } {
  const told: Told = { answered: [], failed: [], ending: [], troubles: [], lost: [] };
  const observer: LlmObserver = {
    answered: (spend) => told.answered.push(spend),
    failed: (_call, code) => told.failed.push(code),
    modelIsEnding: (notice) => told.ending.push(notice),
    trouble: (what) => told.troubles.push(what),
    spendLost: (spend) => told.lost.push(spend),
  };
  return { observer, told };
}

/** A request of a tenant nobody else uses, unless told otherwise. */
export function contextOf(more: Partial<RequestContext> = {}): RequestContext {
  return {
    tenantId: `t-${randomUUID()}`,
    actor: { id: 'service:orchestrator', level: 5 },
    requestId: randomUUID(),
    deadlineMs: Date.now() + 10_000,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    signal: new AbortController().signal,
    ...more,
  };
}

/** The same, with an idempotency key. */
export function keyedContext(more: Partial<RequestContext> = {}): RequestContext {
  return contextOf({ idempotencyKey: `k-${randomUUID()}`, ...more });
}

export function requestOf(more: Partial<LlmRequest> = {}): LlmRequest {
  return llmRequest.parse({
    purpose: 'skill',
    messages: [{ role: 'user', content: 'What does shipping cost?' }],
    ...more,
  });
}
