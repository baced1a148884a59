import { randomUUID } from 'node:crypto';
import {
  agentsCreate,
  agentsGet,
  errorOf,
  fail,
  llmComplete,
  runsCancel,
  runsEvents,
  runsGet,
  runsSubmit,
  type Agent,
  type CloudEvent,
  type Command,
  type InputOf,
  type LlmCompletion,
  type LlmRequest,
  type OutputOf,
  type RequestContext,
  type Run,
  type StructuredOutcome,
} from '@aos/contracts';
import { createPool, type Pool } from '@aos/database';
import { connectMessaging, type Messaging } from '@aos/messaging';
import { createLogger } from '@aos/telemetry';
import { startNats, testPostgres, waitUntil, type TestDatabase } from '@aos/testing';

/** A model call as it reached the router. */
interface RouterCall {
  request: LlmRequest;
  context: RequestContext;
}

type Answer = (call: RouterCall) => Promise<StructuredOutcome<LlmCompletion>>;

/** What an orchestrator stands between: the database, and NATS with the gateway and the router on it. */
export interface Surroundings {
  database: TestDatabase;
  natsUrl: string;
  /** With the rights of a service. */
  natsUrlOf(service: string): string;
  /** Past row security. */
  admin: Pool;
  /** Model calls so far. */
  calls: RouterCall[];
  /** What the router says from now on. */
  answerWith(answer: Answer): void;
  createAgent(fields?: Partial<InputOf<typeof agentsCreate>>): Promise<Agent>;
  getAgent(agentId: string): Promise<Agent>;
  start(agentId: string, goal?: Partial<InputOf<typeof runsSubmit>>): Promise<string>;
  cancel(runId: string): Promise<void>;
  runWhen(runId: string, isWished: (run: Run) => boolean, timeoutMs?: number): Promise<Run>;
  ended(runId: string, timeoutMs?: number): Promise<Run>;
  events(runId: string): Promise<CloudEvent[]>;
  /** A command about all tenants, sent by billing. */
  askAnonymously<C extends Command>(command: C, input: InputOf<C>): Promise<OutputOf<C>>;
  /** A command as the gateway sends it for whoever is said to act. */
  askAs<C extends Command>(
    who: Pick<RequestContext, 'tenantId' | 'actor'>,
    command: C,
    input: InputOf<C>,
  ): Promise<StructuredOutcome<OutputOf<C>>>;
  close(): Promise<void>;
}

const nothing: Answer = async () => fail(errorOf('unavailable', 'nothing was said'));

/** Real servers; the gateway and the router are played by the test, each with its own rights. */
export async function openSurroundings(): Promise<Surroundings> {
  const logger = createLogger({ service: 'test', level: 'silent' });
  const [database, nats] = await Promise.all([testPostgres(), startNats()]);
  const join = (service: string): Promise<Messaging> =>
    connectMessaging({ url: nats.urlFor(service), service, logger });
  const [gateway, router, billing] = await Promise.all(['api-gateway', 'router', 'billing'].map(join));
  if (gateway === undefined || router === undefined || billing === undefined) throw new Error('three');
  const admin = createPool({ url: database.adminUrl, applicationName: 'test-admin', max: 2, logger });
  const calls: RouterCall[] = [];
  let answer = nothing;
  router.answer(llmComplete, async (context, request) => {
    calls.push({ context, request });
    return answer({ context, request });
  });
  const ask = async <C extends Command>(command: C, input: InputOf<C>): Promise<OutputOf<C>> =>
    valueOf(await gateway.request(command, contextOf('acme'), input));
  const runWhen = (runId: string, isWished: (run: Run) => boolean, timeoutMs = 15_000): Promise<Run> => {
    const look = async () => {
      const run = await ask(runsGet, { run_id: runId });
      return isWished(run) && run;
    };
    return waitUntil(look, { what: `run ${runId} as wished`, timeoutMs });
  };
  return {
    database,
    natsUrl: nats.urlFor('orchestrator'),
    natsUrlOf: (service) => nats.urlFor(service),
    admin,
    calls,
    answerWith: (next) => {
      answer = next;
      calls.length = 0;
    },
    createAgent: (fields = {}) =>
      ask(agentsCreate, {
        name: 'Ada',
        instructions: '',
        skills: [],
        model: null,
        budget_cents: 0,
        ...fields,
      }),
    getAgent: (agentId) => ask(agentsGet, { agent_id: agentId }),
    start: async (agentId, goal = {}) => {
      const submitted = { agent_id: agentId, goal: 'say hi', priority: 5, ...goal };
      return (await ask(runsSubmit, submitted)).run_id;
    },
    cancel: async (runId) => void (await ask(runsCancel, { run_id: runId, reason: 'enough' })),
    runWhen,
    ended: (runId, timeoutMs) =>
      runWhen(runId, ({ status }) => ['succeeded', 'failed', 'cancelled'].includes(status), timeoutMs),
    events: async (runId) => (await ask(runsEvents, { run_id: runId, after: 0, limit: 100 })).data,
    askAnonymously: async (command, input) => valueOf(await billing.request(command, contextOf(''), input)),
    askAs: (who, command, input) =>
      gateway.request(command, { ...contextOf(who.tenantId), actor: who.actor }, input),
    close: async () => {
      await Promise.all([gateway.drain(), router.drain(), billing.drain(), admin.end()]);
      await nats.stop();
      await database.close();
    },
  };
}

function contextOf(tenantId: string): RequestContext {
  return {
    tenantId,
    actor: { id: 'key:test', level: 3 },
    requestId: randomUUID(),
    deadlineMs: Date.now() + 10_000,
    traceparent: '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01',
    signal: new AbortController().signal,
  };
}

function valueOf<T>(outcome: StructuredOutcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
}
