import { modelError, waitUntil } from '@aos/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { keyedContext, openWorld, requestOf, type World } from './world.ts';

let world: World;
/** Lets the model answer; before that it waits. */
let answer: () => void;

beforeAll(async () => {
  world = await openWorld();
}, 120_000);

beforeEach(() => {
  world.sandbox.requests.length = 0;
  world.sandbox.respondWith(() => undefined);
});

afterAll(() => world.close());

/** From now on calls hang until `answer()`; those that hung are lost, as a provider's would be. */
function holdAnswers(): void {
  let isHeld = true;
  answer = () => (isHeld = false);
  world.sandbox.respondWith(() => (isHeld ? 'hang' : undefined));
}

const called = (count: number) =>
  waitUntil(() => world.sandbox.requests.length >= count, { what: `${count} calls of the model` });

const rowsOf = async (table: string, tenantId: string) =>
  (await world.admin.query(`select * from router.${table} where tenant_id = $1`, [tenantId])).rows;

const endLeases = () =>
  world.admin.query(`update router.llm_replies set lease_until = now() where status = 'pending'`);

const away = () => Promise.reject(new Error('the database is away'));

const slowly = { delayMs: 300 };

describe('a repeated key', () => {
  it('gets the first reply, and nothing is called or paid again, from any process', async () => {
    const context = keyedContext();
    const first = await world.replica().complete(context, requestOf());
    const again = await world.replica().complete(context, requestOf());
    expect(again).toEqual(first.ok && { ok: true, value: { ...first.value, replayed: true } });
    expect(world.sandbox.requests).toHaveLength(1);
    expect(await rowsOf('llm_costs', context.tenantId)).toHaveLength(1);
  });

  it('gets it also with less money left than the call cost', async () => {
    const context = keyedContext();
    const { complete } = world.replica();
    await complete(context, requestOf());
    expect(await complete(context, requestOf({ max_cost_microcents: 1 }))).toMatchObject({
      value: { replayed: true },
    });
  });

  it('with another request is a conflict', async () => {
    const context = keyedContext();
    const { complete } = world.replica();
    await complete(context, requestOf());
    expect(await complete(context, requestOf({ system: 'other' }))).toMatchObject({
      error: { code: 'idempotency_conflict', retryable: false },
    });
    expect(world.sandbox.requests).toHaveLength(1);
  });

  it('of another tenant is another key', async () => {
    const { complete } = world.replica();
    const context = keyedContext();
    const other = { ...keyedContext(), idempotencyKey: context.idempotencyKey };
    await complete(context, requestOf());
    expect(await complete(other, requestOf({ system: 'other' }))).toMatchObject({
      value: { replayed: false },
    });
    expect(world.sandbox.requests).toHaveLength(2);
  });

  it('is forgotten after an hour, and swept', async () => {
    const context = keyedContext();
    const { complete } = world.replica();
    await complete(context, requestOf());
    const [row] = await rowsOf('llm_replies', context.tenantId);
    const keptMs = row.expires_at.getTime() - row.created_at.getTime();
    expect(Math.abs(keptMs - 3_600_000)).toBeLessThan(10_000);
    await world.sweep();
    expect(await rowsOf('llm_replies', context.tenantId)).toHaveLength(1);
    await world.admin.query('update router.llm_replies set expires_at = now() where tenant_id = $1', [
      context.tenantId,
    ]);
    expect(await complete(context, requestOf({ system: 'other' }))).toMatchObject({
      value: { replayed: false },
    });
    await world.admin.query('update router.llm_replies set expires_at = now() where tenant_id = $1', [
      context.tenantId,
    ]);
    await world.sweep();
    expect(await rowsOf('llm_replies', context.tenantId)).toEqual([]);
  });

  it('is free again after a call that failed', async () => {
    const context = keyedContext();
    const { complete } = world.replica();
    world.sandbox.respondWith(() => modelError(500));
    expect(await complete(context, requestOf())).toMatchObject({ ok: false });
    expect(await rowsOf('llm_replies', context.tenantId)).toEqual([]);
    world.sandbox.respondWith(() => undefined);
    expect(await complete(context, requestOf({ system: 'other' }))).toMatchObject({
      value: { replayed: false },
    });
  });
});

describe('a key whose row cannot be reached', () => {
  it('does not change what its call answers, and is free when its lease ends', async () => {
    const { complete, told } = world.replica({
      leaseMs: 200,
      timeoutMs: 500,
      replies: (real) => ({ ...real, renew: away, free: away }),
    });
    const context = keyedContext();
    holdAnswers();
    expect(await complete(context, requestOf())).toMatchObject({ error: { code: 'deadline_exceeded' } });
    expect(new Set(told.troubles)).toEqual(new Set(['renewing a lease', 'freeing an idempotency key']));
    answer();
    expect(await world.replica().complete(context, requestOf())).toMatchObject({
      value: { replayed: false },
    });
  });
});

describe('the same key at the same time', () => {
  it('in one process is one call', async () => {
    const context = keyedContext();
    const { complete, claims } = world.replica();
    const outcomes = await Promise.all(Array.from({ length: 10 }, () => complete(context, requestOf())));
    expect(claims).toEqual(['claimed']);
    expect(outcomes.map((outcome) => outcome.ok && outcome.value.replayed)).toEqual([
      false,
      ...Array.from({ length: 9 }, () => true),
    ]);
    expect(world.sandbox.requests).toHaveLength(1);
  });

  it('in one process is one failure', async () => {
    world.sandbox.respondWith(() => modelError(500));
    const context = keyedContext();
    const { complete } = world.replica();
    const outcomes = await Promise.all(Array.from({ length: 5 }, () => complete(context, requestOf())));
    for (const outcome of outcomes) expect(outcome).toMatchObject({ error: { code: 'upstream_error' } });
    expect(world.sandbox.requests).toHaveLength(1);
  });

  it('in two processes is one call, and both get its reply', async () => {
    const context = keyedContext();
    const outcomes = await Promise.all(
      [world.replica(), world.replica(), world.replica()].map(({ complete }) =>
        complete(context, requestOf()),
      ),
    );
    const ids = outcomes.map((outcome) => outcome.ok && outcome.value.request_id);
    expect(new Set(ids).size).toBe(1);
    expect(outcomes.filter((outcome) => outcome.ok && !outcome.value.replayed)).toHaveLength(1);
    expect(world.sandbox.requests).toHaveLength(1);
    expect(await rowsOf('llm_costs', context.tenantId)).toHaveLength(1);
  });

  it('with another request is a conflict, in the same process and in another', async () => {
    holdAnswers();
    const context = keyedContext();
    const first = world.replica({ timeoutMs: 1_000 });
    const held = first.complete(context, requestOf());
    await called(1);
    const conflict = { error: { code: 'idempotency_conflict' } };
    expect(await first.complete(context, requestOf({ system: 'other' }))).toMatchObject(conflict);
    expect(await world.replica().complete(context, requestOf({ system: 'other' }))).toMatchObject(conflict);
    await held;
    expect(world.sandbox.requests).toHaveLength(1);
  });

  it('waits no longer than its own deadline', async () => {
    holdAnswers();
    const context = keyedContext();
    const first = world.replica({ timeoutMs: 2_000 });
    const held = first.complete(context, requestOf());
    await called(1);
    const hurried = { ...context, deadlineMs: Date.now() + 200 };
    const late = { error: { code: 'deadline_exceeded' } };
    expect(await first.complete(hurried, requestOf())).toMatchObject(late);
    expect(await world.replica().complete(hurried, requestOf())).toMatchObject(late);
    expect(world.sandbox.requests).toHaveLength(1);
    await held;
  });

  it('makes its own call where the first one had less time', async () => {
    holdAnswers();
    const context = keyedContext();
    const { complete } = world.replica();
    const hurried = complete({ ...context, deadlineMs: Date.now() + 400 }, requestOf());
    await called(1);
    const patient = complete(context, requestOf());
    answer();
    expect(await hurried).toMatchObject({ error: { code: 'deadline_exceeded' } });
    expect(await patient).toMatchObject({ value: { replayed: false } });
    expect(world.sandbox.requests).toHaveLength(2);
  });

  it('in another process makes its own call when the first one failed', async () => {
    const context = keyedContext();
    world.sandbox.respondWith(() => ({ ...modelError(500), ...slowly }));
    const failing = world.replica().complete(context, requestOf());
    await called(1);
    const waiting = world.replica().complete(context, requestOf());
    world.sandbox.respondWith(() => undefined);
    expect(await failing).toMatchObject({ error: { code: 'upstream_error' } });
    expect(await waiting).toMatchObject({ value: { replayed: false } });
  });
});

describe('a process that dies within a call', () => {
  it('is taken over from when its lease has ended, not before', async () => {
    holdAnswers();
    const context = keyedContext();
    // Dead for all others to see: it never renews its lease, and what it waits for never comes.
    const dead = world.replica({ leaseMs: 3_600_000, timeoutMs: 60_000 });
    const gone = new AbortController();
    const dying = dead.complete({ ...context, signal: gone.signal }, requestOf());
    await called(1);
    answer();
    const successor = world.replica();
    const waiting = successor.complete(context, requestOf());
    await waitUntil(() => successor.claims.length >= 3, { what: 'the successor looked three times' });
    expect(new Set(successor.claims)).toEqual(new Set(['pending']));
    await endLeases();
    expect(await waiting).toMatchObject({ value: { replayed: false } });
    expect(world.sandbox.requests).toHaveLength(2);
    gone.abort();
    expect(await dying).toMatchObject({ ok: false });
    expect(await rowsOf('llm_replies', context.tenantId)).toMatchObject([{ status: 'done' }]);
  });

  it('keeps its key from other requests', async () => {
    holdAnswers();
    const context = keyedContext();
    const dead = world.replica({ leaseMs: 3_600_000, timeoutMs: 1_000 });
    const dying = dead.complete(context, requestOf());
    await called(1);
    await endLeases();
    expect(await world.replica().complete(context, requestOf({ system: 'other' }))).toMatchObject({
      error: { code: 'idempotency_conflict' },
    });
    await dying;
  });

  it('is not taken over from while it lives, however long its call takes', async () => {
    const context = keyedContext();
    holdAnswers();
    const alive = world.replica({ leaseMs: 150, timeoutMs: 1_000 });
    const held = alive.complete(context, requestOf());
    await called(1);
    const other = world.replica().complete({ ...context, deadlineMs: Date.now() + 700 }, requestOf());
    expect(await other).toMatchObject({ error: { code: 'deadline_exceeded' } });
    expect(world.sandbox.requests).toHaveLength(1);
    await held;
  });

  it('and comes back late still records what it spent, and keeps the reply of who took over', async () => {
    const context = keyedContext();
    world.sandbox.respondWith(() => undefined);
    const late = world.replica({
      leaseMs: 3_600_000,
      spends: (real) => ({
        ...real,
        record: async (call) => {
          await endLeases();
          await world.replica().complete(context, requestOf());
          return real.record(call);
        },
      }),
    });
    const ownReply = await late.complete(context, requestOf());
    expect(ownReply).toMatchObject({ value: { replayed: false } });
    expect(await rowsOf('llm_costs', context.tenantId)).toHaveLength(2);
    const kept = await world.replica().complete(context, requestOf());
    expect(kept.ok && kept.value.request_id).not.toBe(ownReply.ok && ownReply.value.request_id);
  });
});
