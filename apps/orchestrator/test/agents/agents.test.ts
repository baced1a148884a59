import { randomUUID } from 'node:crypto';
import { agent as agentSchema, type RequestContext } from '@aos/contracts';
import { waitUntil } from '@aos/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { AgentStore } from '../../src/application/agent-store.ts';
import { createAgent } from '../../src/application/create-agent.ts';
import { deleteAgent } from '../../src/application/delete-agent.ts';
import { getAgent } from '../../src/application/get-agent.ts';
import { listAgents } from '../../src/application/list-agents.ts';
import { updateAgent } from '../../src/application/update-agent.ts';
import type { SkillRegistry } from '../../src/domain/skill/skill.ts';
import { limits, newTenant, startAgents, type AgentsHarness } from './agents-harness.ts';

let harness: AgentsHarness;
let agents: AgentStore;
let skills: SkillRegistry;

beforeAll(async () => {
  harness = await startAgents();
  ({ agents, skills } = harness);
});

afterAll(() => harness.close());

const get = (context: RequestContext, agent_id: string) => getAgent(agents, limits)(context, { agent_id });
const remove = (context: RequestContext, agent_id: string) => deleteAgent(agents)(context, { agent_id });

const INSERT_RUN = `
  insert into orchestrator.runs (run_id, run_day, tenant_id, agent_id, agent_version, engine_version, status, goal,
    priority, max_steps, request_hash, created_at)
  values ($1, current_date, $2, $3, 1, 1, $4, 'goal', 5, 50, '', now())`;

describe('an agent', () => {
  it('is kept as it was created, with the limits of the platform where it has none', async () => {
    const context = newTenant();
    const agent = await harness.created(context, {
      instructions: 'Be brief.',
      skills: ['http_call'],
      budget_cents: 12.345678,
    });
    expect(agentSchema.parse(agent)).toEqual(agent);
    expect(agent).toMatchObject({
      tenant_id: context.tenantId,
      version: 1,
      instructions: 'Be brief.',
      skills: ['http_call'],
      budget_cents: 12.345678,
      budget_microcents: 12_345_678,
      spent_microcents: 0,
      reserved_microcents: 0,
      open_runs: 0,
      max_steps: 50,
      max_concurrent_runs: 5,
    });
    expect(await get(context, agent.agent_id)).toEqual({ ok: true, value: agent });
  });

  it('shows what the engine has reserved and spent', async () => {
    const context = newTenant();
    const { agent_id } = await harness.created(context, { budget_cents: 10 });
    await harness.setCounters(
      agent_id,
      'spent_microcents = 2500000, reserved_microcents = 1000000, open_runs = 2',
    );
    expect(await get(context, agent_id)).toMatchObject({
      value: { spent_cents: 2.5, reserved_cents: 1, open_runs: 2 },
    });
  });

  it('grows a version with each change, and keeps what is not changed', async () => {
    const context = newTenant();
    const { agent_id } = await harness.created(context, {
      instructions: 'old',
      max_steps: 7,
      budget_cents: 1,
    });
    const update = updateAgent(agents, skills, limits);
    expect(
      await update(context, { agent_id, name: 'Grace', budget_cents: 2, max_concurrent_runs: 9 }),
    ).toMatchObject({
      value: {
        version: 2,
        name: 'Grace',
        instructions: 'old',
        max_steps: 7,
        budget_cents: 2,
        max_concurrent_runs: 9,
      },
    });
    expect(await update(context, { agent_id, instructions: 'new', skills: ['http_call'] })).toMatchObject({
      value: { version: 3, name: 'Grace', instructions: 'new', skills: ['http_call'], budget_cents: 2 },
    });
    const stored = await harness.admin.query<{ budget_microcents: string; max_concurrent_runs: number }>(
      'select budget_microcents, max_concurrent_runs from orchestrator.agent_budgets where agent_id = $1',
      [agent_id],
    );
    expect(stored.rows).toEqual([{ budget_microcents: '2000000', max_concurrent_runs: 9 }]);
  });

  it('loses none of many changes made at once', async () => {
    const context = newTenant();
    const { agent_id } = await harness.created(context);
    const update = updateAgent(agents, skills, limits);
    await Promise.all([
      update(context, { agent_id, name: 'N' }),
      update(context, { agent_id, instructions: 'I' }),
      update(context, { agent_id, skills: ['http_call'] }),
      update(context, { agent_id, max_steps: 3 }),
    ]);
    expect(await get(context, agent_id)).toMatchObject({
      value: { version: 5, name: 'N', instructions: 'I', skills: ['http_call'], max_steps: 3 },
    });
  });

  it('is not there for another tenant, who can neither read, change nor delete it', async () => {
    const owner = newTenant();
    const stranger = newTenant();
    const agent = await harness.created(owner);
    const { agent_id } = agent;
    const missing = { ok: false, error: { code: 'not_found' } };
    expect(await get(stranger, agent_id)).toMatchObject(missing);
    expect(await updateAgent(agents, skills, limits)(stranger, { agent_id, name: 'x' })).toMatchObject(
      missing,
    );
    expect(await deleteAgent(agents)(stranger, { agent_id })).toMatchObject(missing);
    expect(await listAgents(agents, limits)(stranger, { limit: 50 })).toMatchObject({ value: { data: [] } });
    expect(await get(owner, agent_id)).toEqual({ ok: true, value: agent });
  });

  it('is refused with a NUL character or a skill that does not exist, each named', async () => {
    const input = {
      name: 'a\0',
      instructions: 'b\0',
      skills: ['http_call', 'http_cal'],
      model: null,
      budget_cents: 0,
    };
    const issues = [
      { field: '/name', message: 'contains a NUL character; remove it' },
      { field: '/instructions', message: 'contains a NUL character; remove it' },
      { field: '/skills/1', message: 'there is no skill http_cal; did you mean http_call?' },
    ];
    const context = newTenant();
    expect(await createAgent(agents, skills, limits)(context, input)).toMatchObject({
      error: { details: { issues } },
    });
    const { agent_id } = await harness.created(context);
    expect(await updateAgent(agents, skills, limits)(context, { agent_id, name: 'a\0' })).toMatchObject({
      error: { code: 'invalid_request' },
    });
  });
});

describe('deleting an agent', () => {
  it('takes it away', async () => {
    const context = newTenant();
    const { agent_id } = await harness.created(context);
    await harness.admin.query(INSERT_RUN, [randomUUID(), context.tenantId, agent_id, 'succeeded']);
    expect(await remove(context, agent_id)).toEqual({ ok: true, value: { agent_id } });
    expect(await get(context, agent_id)).toMatchObject({ error: { code: 'not_found' } });
    expect(await listAgents(agents, limits)(context, { limit: 50 })).toMatchObject({ value: { data: [] } });
    expect(await updateAgent(agents, skills, limits)(context, { agent_id, name: 'x' })).toMatchObject({
      ok: false,
    });
    expect(await remove(context, agent_id)).toMatchObject({ error: { code: 'not_found' } });
  });

  it.each(['queued', 'running', 'waiting'])('is refused while a run of it is %s', async (status) => {
    const context = newTenant();
    const { agent_id } = await harness.created(context);
    await harness.admin.query(INSERT_RUN, [randomUUID(), context.tenantId, agent_id, status]);
    expect(await remove(context, agent_id)).toMatchObject({ error: { code: 'conflict' } });
    expect(await get(context, agent_id)).toMatchObject({ ok: true });
  });

  it('waits for a submit under way, and is refused by its run', async () => {
    const context = newTenant();
    const { agent_id } = await harness.created(context);
    const submit = await harness.admin.connect();
    await submit.query('begin');
    await submit.query('select 1 from orchestrator.agent_budgets where agent_id = $1 for no key update', [
      agent_id,
    ]);
    const removed = remove(context, agent_id);
    await waitUntil(
      async () => {
        const waiting = await harness.admin.query(
          `select 1 from pg_stat_activity where wait_event_type = 'Lock' and query like '%agent_budgets%for update%'`,
        );
        return waiting.rows.length > 0;
      },
      { what: 'the deletion to wait for the lock' },
    );
    await submit.query(INSERT_RUN, [randomUUID(), context.tenantId, agent_id, 'queued']);
    await submit.query('commit');
    submit.release();
    expect(await removed).toMatchObject({ error: { code: 'conflict' } });
  });

  it('leaves no room for a submit that read the agent before', async () => {
    const context = newTenant();
    const { agent_id } = await harness.created(context);
    await remove(context, agent_id);
    const stored = await harness.admin.query(
      'select max_concurrent_runs from orchestrator.agent_budgets where agent_id = $1',
      [agent_id],
    );
    expect(stored.rows).toEqual([{ max_concurrent_runs: 0 }]);
  });
});

describe('the list of agents', () => {
  it('gives every agent once, newest first, page by page', async () => {
    const context = newTenant();
    // Some of the same millisecond: their ids decide.
    for (const [index, atMs] of [1000, 1000, 1000, 2000, 2000, 3000, 500].entries()) {
      await agents.insert(context.tenantId, {
        agentId: randomUUID(),
        createdAt: new Date(atMs),
        name: `agent ${index}`,
        instructions: '',
        skills: [],
        model: null,
        maxSteps: null,
        budgetMicrocents: 0,
        maxConcurrentRuns: 1,
        onFailure: 'compensate',
        planningMode: 'plan',
        replan: 'on_failure',
      });
    }
    const list = listAgents(agents, limits);
    const seen: { createdAt: string; agentId: string }[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(context, { limit: 2, cursor });
      if (!page.ok) throw new Error(page.error.message);
      expect(page.value.data.length).toBeLessThanOrEqual(2);
      seen.push(
        ...page.value.data.map(({ created_at, agent_id }) => ({ createdAt: created_at, agentId: agent_id })),
      );
      cursor = page.value.next_cursor ?? undefined;
    } while (cursor !== undefined);
    const keys = seen.map(({ createdAt, agentId }) => `${createdAt} ${agentId}`);
    expect(new Set(keys).size).toBe(7);
    expect(keys).toEqual(keys.toSorted().toReversed());
  });

  it('ends without a cursor when the last page is full', async () => {
    const context = newTenant();
    await harness.created(context);
    await harness.created(context);
    expect(await listAgents(agents, limits)(context, { limit: 2 })).toMatchObject({
      value: { next_cursor: null },
    });
  });

  it.each(['x', '', 'MTIz', Buffer.from('1 not-an-id').toString('base64url')])(
    'refuses %j as a cursor',
    async (cursor) => {
      expect(await listAgents(agents, limits)(newTenant(), { limit: 2, cursor })).toMatchObject({
        error: { code: 'invalid_request', details: { issues: [{ field: '/cursor' }] } },
      });
    },
  );
});
