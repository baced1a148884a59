import {
  errorOf,
  fail,
  opsRequeue,
  opsStuck,
  opsTenantsResume,
  opsTenantsSuspend,
  opsWorkersDrain,
  opsWorkersList,
  opsWorkersResume,
  runsBulk,
  succeed,
  type Command,
  type Health,
  type InputOf,
  type LlmCompletion,
  type OutputOf,
  type StructuredOutcome,
} from '@aos/contracts';
import { waitUntil } from '@aos/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startOrchestrator, type RunningOrchestrator } from '../planner/orchestrator-app.ts';
import { completion } from '../planner/planner-kit.ts';
import { openSurroundings, type Surroundings } from '../planner/surroundings.ts';
import { managerOf, ownerOf, platform } from './ops-world.ts';

const TENANT = 'acme';
/** How long a model takes to answer. */
const MODEL_MS = 100;

let around: Surroundings;
let orchestrator: RunningOrchestrator;
let log: string[];
/** A model that answers when the tests are over. */
const silence = Promise.withResolvers<StructuredOutcome<LlmCompletion>>();

beforeAll(async () => {
  around = await openSurroundings();
  log = [];
  orchestrator = await startOrchestrator(around.database, around.natsUrl, { log });
});
afterAll(async () => {
  silence.resolve(fail(errorOf('unavailable', 'too late')));
  await orchestrator.close();
  await around.close();
});

async function operate<C extends Command>(command: C, input: InputOf<C>): Promise<OutputOf<C>> {
  const outcome = await around.askAs(platform(TENANT), command, input);
  if (!outcome.ok) throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
  return outcome.value;
}

/** A run whose first step asks a model that answers when it is let go, and whose second says what it said. */
async function heldRun() {
  const { promise, resolve } = Promise.withResolvers<void>();
  around.answerWith(async () => {
    await promise;
    return succeed(completion(null, { content: 'because' }));
  });
  const { agent_id: agentId } = await around.createAgent();
  const plan = [
    { step_id: 'ask', skill: 'llm_invoke', params: { prompt: 'why?' } },
    {
      step_id: 'say',
      skill: 'json_transform',
      params: { input: '${{ steps.ask.output.text }}', query: '.' },
    },
  ];
  const runId = await around.start(agentId, { plan });
  await waitUntil(async () => around.calls.length > 0, { what: 'the model is asked' });
  return { runId, agentId, letGo: () => resolve() };
}

const health = async (): Promise<Health> =>
  (await fetch(`${orchestrator.url}/health`)).json() as Promise<Health>;

const isHandedBack = async (runId: string): Promise<boolean> => {
  const { rows } = await around.admin.query(
    `select 1 from orchestrator.runs join orchestrator.run_queue using (run_id) where run_id = $1 and worker_id is null`,
    [runId],
  );
  return rows.length === 1;
};

describe('a worker that is drained', () => {
  it('hands its runs back at their next step, lives on, says so, and takes them again when it is resumed', async () => {
    const [worker] = (await operate(opsWorkersList, {})).data;
    const workerId = worker?.worker_id ?? '';
    expect(worker).toMatchObject({ live: true, draining: false, slots: 100, runs_owned: 0 });
    const { runId, letGo } = await heldRun();
    expect(await operate(opsWorkersDrain, { worker_id: workerId })).toMatchObject({
      draining: true,
      runs_owned: 1,
    });
    await operate(opsWorkersDrain, { worker_id: workerId });
    await waitUntil(async () => (await health()).components['worker']?.status === 'degraded', {
      what: 'health tells of the order',
    });
    expect((await fetch(`${orchestrator.url}/health/ready`)).status).toBe(200);
    letGo();
    await waitUntil(() => isHandedBack(runId), { what: 'the run is handed back' });
    const { agent_id: agentId } = await around.createAgent();
    const later = await around.start(agentId, {
      plan: [{ step_id: 'say', skill: 'json_transform', params: { input: 1, query: '.' } }],
    });
    expect((await around.runWhen(later, () => true)).status).toBe('queued');
    expect(await operate(opsWorkersResume, { worker_id: workerId })).toMatchObject({ draining: false });
    expect(await around.ended(runId)).toMatchObject({
      status: 'succeeded',
      outcome: { output: { result: 'because' } },
    });
    expect(await around.ended(later)).toMatchObject({ status: 'succeeded' });
    expect((await health()).components['worker']).toMatchObject({ status: 'healthy' });
  });

  it('is a matter of the platform, and must be there', async () => {
    const nobody = { worker_id: '0193b0a0-0000-7000-8000-000000000001' };
    for (const command of [opsWorkersDrain, opsWorkersResume]) {
      expect(await around.askAs(ownerOf(TENANT), command, nobody)).toMatchObject({
        error: { code: 'authorization_denied' },
      });
      expect(await around.askAs(platform(), command, nobody)).toMatchObject({ error: { code: 'not_found' } });
    }
    expect(await around.askAs(ownerOf(TENANT), opsWorkersList, {})).toMatchObject({ ok: false });
  });
});

describe('a run that workers died on', () => {
  it('is parked, told as stuck, and runs to its end once it is requeued', async () => {
    const [worker] = (await operate(opsWorkersList, {})).data;
    const workerId = worker?.worker_id ?? '';
    await operate(opsWorkersDrain, { worker_id: workerId });
    const { agent_id: agentId } = await around.createAgent();
    const runId = await around.start(agentId, {
      plan: [{ step_id: 'say', skill: 'json_transform', params: { input: 1, query: '.' } }],
    });
    await around.admin.query(
      'update orchestrator.runs set idle_claims = 9, claimed_seq = first_events where run_id = $1',
      [runId],
    );
    await operate(opsWorkersResume, { worker_id: workerId });
    await around.runWhen(runId, ({ waiting_reason }) => waiting_reason === 'worker_crash_loop');
    const { data } = await operate(opsStuck, { limit: 50, older_than_seconds: 0, all_tenants: false });
    expect(data.find(({ run_id }) => run_id === runId)).toMatchObject({
      reason: 'waiting_for_person',
      waiting_reason: 'worker_crash_loop',
    });
    expect(await operate(opsRequeue, { run_id: runId })).toMatchObject({ requeued: true });
    expect(await around.ended(runId)).toMatchObject({ status: 'succeeded' });
    const again = await around.askAs(managerOf(TENANT), opsRequeue, { run_id: runId });
    expect(again).toMatchObject({ error: { code: 'conflict' } });
  });
});

describe('a tenant that is suspended', () => {
  it('has its runs leave their slots at a step, refuses goals, and goes on when it is resumed', async () => {
    const STEPS = 40;
    around.answerWith(async () => {
      await new Promise((resolve) => setTimeout(resolve, MODEL_MS));
      return succeed(completion(null, { content: 'because' }));
    });
    const { agent_id: agentId } = await around.createAgent();
    const plan = Array.from({ length: STEPS }, (_, index) => ({
      step_id: `ask_${index}`,
      skill: 'llm_invoke',
      params: { prompt: 'why?' },
    }));
    const runId = await around.start(agentId, { plan });
    await waitUntil(async () => around.calls.length > 0, { what: 'the model is asked' });
    await operate(opsTenantsSuspend, { tenant: TENANT, reason: 'unpaid' });
    expect(log.join('\n')).toContain('"action":"tenant.suspend"');
    await expect(around.start(agentId)).rejects.toThrow('tenant_suspended');
    await waitUntil(() => isHandedBack(runId), { what: 'the run is handed back' });
    expect(around.calls.length).toBeLessThan(STEPS);
    around.answerWith(async () => succeed(completion(null, { content: 'because' })));
    await operate(opsTenantsResume, { tenant: TENANT });
    expect(await around.ended(runId)).toMatchObject({ status: 'succeeded' });
  });
});

const cancelled = async (filter: InputOf<typeof runsBulk>['filter'], more = {}) => {
  const input = { action: 'cancel' as const, filter, dry_run: false, limit: 100, ...more };
  const outcome = await around.askAs(managerOf(TENANT), runsBulk, input);
  if (!outcome.ok) throw new Error(outcome.error.code);
  return outcome.value;
};

describe('a bulk action', () => {
  it('tells first what it would hit, then does it page by page, and a second time finds nothing', async () => {
    around.answerWith(() => silence.promise);
    const { agent_id: agentId } = await around.createAgent();
    const { agent_id: otherId } = await around.createAgent();
    const labels = { team: 'red' };
    const runs = [await around.start(agentId, { labels }), await around.start(agentId, { labels })];
    const other = await around.start(agentId, { labels: { team: 'blue' } });
    const foreign = await around.start(otherId, { labels });
    const filter = { agent_id: agentId, labels };
    const dry = await cancelled(filter, { dry_run: true });
    expect(dry).toMatchObject({ matched: 2, done: 0, failed: 0, dry_run: true, next_cursor: null });
    expect(dry.data.map(({ run_id, outcome }) => [run_id, outcome])).toEqual(
      runs.toReversed().map((runId) => [runId, 'would_be_hit']),
    );
    const first = await cancelled(filter, { limit: 1, reason: 'enough' });
    expect(first).toMatchObject({ matched: 2, done: 1, next_cursor: runs[1] });
    expect(await cancelled(filter, { cursor: first.next_cursor ?? '' })).toMatchObject({
      done: 1,
      next_cursor: null,
    });
    for (const runId of runs) expect(await around.ended(runId)).toMatchObject({ status: 'cancelled' });
    expect(await cancelled(filter)).toMatchObject({ matched: 0, done: 0, data: [] });
    for (const runId of [other, foreign])
      expect((await around.runWhen(runId, () => true)).status).not.toBe('cancelled');
    expect(await cancelled({ created_before: '2020-01-01T00:00:00.000Z' })).toMatchObject({ matched: 0 });
    expect(await cancelled({ status: 'succeeded' })).toMatchObject({ matched: 0 });
    expect(await cancelled({ created_after: '2020-01-01T00:00:00.000Z' })).toMatchObject({ matched: 2 });
  });

  it('runs what failed again', async () => {
    const plan = [{ step_id: 'ask', skill: 'llm_invoke', params: { prompt: 'why?' } }];
    around.answerWith(async () => fail(errorOf('upstream_rejected', 'not now')));
    const { agent_id: agentId } = await around.createAgent();
    const runId = await around.start(agentId, { plan });
    expect(await around.ended(runId)).toMatchObject({ status: 'failed' });
    around.answerWith(async () => succeed(completion(null, { content: 'because' })));
    const input = { action: 'retry' as const, filter: { agent_id: agentId }, dry_run: false, limit: 10 };
    const again = await around.askAs(managerOf(TENANT), runsBulk, input);
    expect(again).toMatchObject({ value: { matched: 1, done: 1, failed: 0 } });
    const run = await around.runWhen(runId, ({ status }) => status === 'succeeded');
    expect(run.steps).toMatchObject([{ status: 'succeeded' }]);
    expect(await around.askAs(managerOf(TENANT), runsBulk, input)).toMatchObject({ value: { matched: 0 } });
  });

  it('does not reach runs of other tenants', async () => {
    around.answerWith(() => silence.promise);
    const { agent_id: agentId } = await around.createAgent();
    const runId = await around.start(agentId);
    const input = { action: 'cancel' as const, filter: {}, dry_run: false, limit: 100 };
    expect(await around.askAs(managerOf('other'), runsBulk, input)).toMatchObject({ value: { matched: 0 } });
    await expect(cancelled({}, { cursor: 'none' })).rejects.toThrow('invalid_request');
    expect(await cancelled({ agent_id: agentId })).toMatchObject({ done: 1 });
    await around.ended(runId);
  });
});
