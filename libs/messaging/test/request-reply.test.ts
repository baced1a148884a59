import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  HEADERS,
  PAYLOAD_BYTES_MAX,
  agentsGet,
  agentsList,
  agentsUpdate,
  authVerify,
  errorOf,
  fail,
  runsCancel,
  runsGet,
  runsSubmit,
  runtimeSimulate,
  skillsList,
  succeed,
  type GoalInput,
  type OutputOf,
  type RequestContext,
} from '@aos/contracts';
import { waitUntil } from '@aos/testing';
import { headers, type Msg, type NatsConnection } from '@nats-io/nats-core';
import type { Messaging } from '../src/index.ts';
import { RUN_ID, Surroundings, context, gate, isKnown } from './surroundings.ts';

const SUBMITTED: OutputOf<typeof runsSubmit> = {
  run_id: RUN_ID,
  agent_id: RUN_ID,
  tenant_id: 'acme',
  status: 'queued',
  goal: 'g',
  created_at: '2026-01-02T03:04:05.678Z',
  replayed: false,
};

let surroundings: Surroundings;
let gateway: Messaging;
let orchestrator: Messaging;
let hand: NatsConnection;
let seen: { context: RequestContext; input: unknown }[] = [];

/** As `nats req` does it. */
async function byHand(subject: string, body: string, envelope: Record<string, string> = {}): Promise<Msg> {
  const fields = headers();
  for (const [name, value] of Object.entries(envelope)) fields.set(name, value);
  return hand.request(subject, body, { headers: fields, timeout: 5_000 });
}

beforeAll(async () => {
  surroundings = await Surroundings.start();
  gateway = await surroundings.join('api-gateway');
  orchestrator = await surroundings.join('orchestrator');
  hand = await surroundings.raw();
  orchestrator.answer(runsSubmit, async (received, input) => {
    seen.push({ context: received, input });
    return succeed({ ...SUBMITTED, goal: input.goal });
  });
  orchestrator.answer(agentsGet, async () => fail(errorOf('not_found', 'no such agent')));
  orchestrator.answer(runsGet, async () => {
    throw new Error('the secret inside');
  });
  orchestrator.answer(skillsList, async () => succeed({ wrong: 'shape' } as never));
  orchestrator.answer(agentsList, async () =>
    succeed({ data: [], next_cursor: 'x'.repeat(PAYLOAD_BYTES_MAX) }),
  );
  await isKnown(orchestrator);
}, 120_000);

afterAll(() => surroundings.stop());

describe('a request', () => {
  const goal: GoalInput & { agent_id: string } = { goal: 'g', agent_id: RUN_ID, priority: 3 };

  it('brings the input to the handler and its value back', async () => {
    seen = [];
    expect(await gateway.request(runsSubmit, context(), goal)).toEqual(succeed(SUBMITTED));
    expect(seen[0]?.input).toEqual(goal);
  });

  it('carries who asks, for which tenant, until when, by which key and in which trace', async () => {
    seen = [];
    const asked = context({ idempotencyKey: 'k-1' });
    await gateway.request(runsSubmit, asked, goal);
    expect(seen[0]?.context).toMatchObject({
      tenantId: 'acme',
      actor: { id: 'key:1', level: 3 },
      requestId: 'request-1',
      deadlineMs: asked.deadlineMs,
      idempotencyKey: 'k-1',
    });
    expect(seen[0]?.context.traceparent.split('-')[1]).toBe(asked.traceparent.split('-')[1]);
  });

  it('may be made by hand: the body is the input alone', async () => {
    const reply = await byHand(runsSubmit.subject, JSON.stringify(goal), { [HEADERS.tenant]: 'acme' });
    expect(reply.json()).toEqual(succeed(SUBMITTED));
  });

  it('brings a failure back as data', async () => {
    const outcome = await gateway.request(agentsGet, context(), { agent_id: RUN_ID });
    expect(outcome).toMatchObject({ ok: false, error: { code: 'not_found', message: 'no such agent' } });
  });

  it('tells nothing of what is inside when the handler has a bug', async () => {
    const outcome = await gateway.request(runsGet, context(), { run_id: RUN_ID });
    expect(outcome).toMatchObject({ ok: false, error: { code: 'internal' } });
    expect(JSON.stringify(outcome)).not.toContain('secret');
  });

  it('is told at once that nobody answers', async () => {
    const startedMs = performance.now();
    const outcome = await gateway.request(agentsUpdate, context(), { agent_id: RUN_ID });
    expect(outcome).toMatchObject({ ok: false, error: { code: 'unavailable', retryable: true } });
    expect(performance.now() - startedMs).toBeLessThan(1_000);
  });

  it('ends when its caller goes', async () => {
    const caller = new AbortController();
    const never = gate();
    hand.subscribe(runtimeSimulate.subject, { queue: 'orchestrator', callback: () => never.open() });
    await hand.flush();
    const plan = [{ skill: 's', params: {} }];
    const asked = gateway.request(runtimeSimulate, context({ signal: caller.signal }), {
      plan,
      budget_cents: 1,
    });
    await never.opened;
    caller.abort();
    expect(await asked).toMatchObject({ ok: false, error: { message: 'the caller has gone' } });
  });

  it('is not sent for a caller who has gone', async () => {
    seen = [];
    const outcome = await gateway.request(runsSubmit, context({ signal: AbortSignal.abort() }), goal);
    expect(outcome).toMatchObject({ ok: false, error: { code: 'deadline_exceeded' } });
    await gateway.request(runsSubmit, context(), goal);
    expect(seen).toHaveLength(1);
  });
});

describe('what is refused before the handler is called', () => {
  beforeAll(() => {
    seen = [];
  });
  afterAll(() => {
    expect(seen).toEqual([]);
  });

  it('an unknown field, by name', async () => {
    const input = { goal: 'g', agent_id: RUN_ID, priority: 5, surprise: 1 };
    expect(await gateway.request(runsSubmit, context(), input)).toMatchObject({
      ok: false,
      error: { code: 'invalid_request', details: { issues: [{ field: '/surprise' }] } },
    });
  });

  it('a wrong type, with its place', async () => {
    const input = { goal: 1, agent_id: RUN_ID, priority: 5 } as never;
    expect(await gateway.request(runsSubmit, context(), input)).toMatchObject({
      ok: false,
      error: { code: 'invalid_request', details: { issues: [{ field: '/goal' }] } },
    });
  });

  it.each(['{"goal":', 'null', '[]', ''])('the body %j', async (body) => {
    const reply = await byHand(runsSubmit.subject, body, { [HEADERS.tenant]: 'acme' });
    expect(reply.json()).toMatchObject({ ok: false, error: { code: 'invalid_request' } });
  });

  it('a request without a tenant', async () => {
    const outcome = await gateway.request(runsSubmit, context({ tenantId: '' }), SUBMIT);
    expect(outcome).toMatchObject({ ok: false, error: { code: 'tenant_required' } });
  });

  it('a request whose deadline has passed on the way', async () => {
    const late = { [HEADERS.tenant]: 'acme', [HEADERS.deadline]: String(Date.now() - 1) };
    const reply = await byHand(runsSubmit.subject, JSON.stringify(SUBMIT), late);
    expect(reply.json()).toMatchObject({ ok: false, error: { code: 'deadline_exceeded' } });
  });

  it('a request whose deadline has passed already', async () => {
    const outcome = await gateway.request(runsSubmit, context({ deadlineMs: Date.now() - 1 }), SUBMIT);
    expect(outcome).toMatchObject({ ok: false, error: { code: 'deadline_exceeded' } });
  });

  it('a request larger than a message may be', async () => {
    const huge = { ...SUBMIT, context: { text: 'x'.repeat(PAYLOAD_BYTES_MAX) } };
    const outcome = await gateway.request(runsSubmit, context(), huge);
    expect(outcome).toMatchObject({ ok: false, error: { code: 'payload_limit' } });
  });
});

const SUBMIT = { goal: 'g', agent_id: RUN_ID, priority: 5 };

describe('an answer', () => {
  it('that does not keep its contract is an internal failure', async () => {
    const outcome = await gateway.request(skillsList, context(), {});
    expect(outcome).toMatchObject({ ok: false, error: { code: 'internal' } });
  });

  it('larger than a message may be is a failure that says so', async () => {
    const outcome = await gateway.request(agentsList, context(), { limit: 50 });
    expect(outcome).toMatchObject({ ok: false, error: { code: 'payload_limit' } });
  });

  it('is given without a tenant where the tenant is what is asked', async () => {
    const realtime = await surroundings.join('realtime');
    const identity = { tenant_id: 'acme', key_id: '1', actor: 'key:1', level: 1 };
    gateway.answerAnonymous(authVerify, async (received) =>
      succeed({ ...identity, actor: `for:${received.tenantId}` }),
    );
    await isKnown(gateway);
    const outcome = await realtime.request(authVerify, context({ tenantId: '' }), { credential: 'x' });
    expect(outcome).toEqual(succeed({ ...identity, actor: 'for:' }));
  });
});

describe('a slow request', () => {
  it('lives beyond its timeout while it is worked on', async () => {
    const finish = gate();
    const impatient = { ...runsCancel, timeoutMs: 2_500 };
    orchestrator.answer(runsCancel, async () => {
      await finish.opened;
      return fail(errorOf('conflict', 'late, but there'));
    });
    await isKnown(orchestrator);
    // Longer than the timeout, shorter than two of the signs of life that come every two seconds.
    setTimeout(finish.open, 3_500);
    const outcome = await gateway.request(impatient, context(), { run_id: RUN_ID });
    expect(outcome).toMatchObject({ ok: false, error: { code: 'conflict' } });
  }, 15_000);

  it('ends at its deadline however much it is worked on', async () => {
    const deadlineMs = Date.now() + 2_600;
    const finish = gate();
    orchestrator.answer(agentsUpdate, async () => {
      await finish.opened;
      return fail(errorOf('conflict', 'too late'));
    });
    await isKnown(orchestrator);
    const outcome = await gateway.request(agentsUpdate, context({ deadlineMs }), { agent_id: RUN_ID });
    finish.open();
    expect(outcome).toMatchObject({ ok: false, error: { code: 'deadline_exceeded' } });
    expect(Date.now()).toBeLessThan(deadlineMs + 1_000);
  }, 15_000);

  it('ends at its timeout where nobody shows that it is worked on', async () => {
    const impatient = { ...runtimeSimulate, timeoutMs: 200 };
    const plan = [{ skill: 's', params: {} }];
    const outcome = await gateway.request(impatient, context(), { plan, budget_cents: 1 });
    expect(outcome).toMatchObject({ ok: false, error: { code: 'deadline_exceeded' } });
  });
});

describe('draining', () => {
  it('answers what is under way and takes nothing new', async () => {
    const leaving = await surroundings.join('api-gateway');
    const watching = await surroundings.join('realtime');
    const finish = gate();
    let taken = 0;
    leaving.answer({ ...authVerify, subject: 'gateway.auth.verify.v1' }, async () => {
      taken += 1;
      await finish.opened;
      return fail(errorOf('unauthenticated', 'answered while leaving'));
    });
    await isKnown(leaving);
    // Two replicas answer; ask until the one that leaves has been asked.
    const answers: Promise<unknown>[] = [];
    await waitUntil(
      async () => {
        if (taken === 0) answers.push(watching.request(authVerify, context(), { credential: 'x' }));
        return taken > 0;
      },
      { what: 'a request at the leaving replica' },
    );
    let isDrained = false;
    const drained = leaving.drain().finally(() => {
      isDrained = true;
    });
    await isKnown(leaving);
    const before = taken;
    for (let asked = 0; asked < 20; asked += 1)
      expect(await watching.request(authVerify, context(), { credential: 'x' })).toMatchObject({ ok: true });
    expect(taken).toBe(before);
    expect(isDrained).toBe(false);
    finish.open();
    await drained;
    expect(JSON.stringify(await Promise.all(answers))).toContain('answered while leaving');
  }, 20_000);

  it('may be asked for twice', async () => {
    const leaving = await surroundings.join('realtime');
    await Promise.all([leaving.drain(), leaving.drain()]);
    await leaving.drain();
  });
});
