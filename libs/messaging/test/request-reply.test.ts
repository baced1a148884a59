import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  agentsGet,
  authVerify,
  errorOf,
  fail,
  runsCancel,
  runsGet,
  skillsList,
  succeed,
  type RequestContext,
} from '@aos/contracts';
import { createLogger, newTraceparent } from '@aos/telemetry';
import { startNats, waitUntil } from '@aos/testing';
import { connectMessaging, type Messaging } from '../src/index.ts';

type Nats = Awaited<ReturnType<typeof startNats>>;

const logger = createLogger({ service: 'test', level: 'silent' });
const RUN = '0193b0a0-0000-7000-8000-000000000001';
let nats: Nats;
let gateway: Messaging;
let orchestrator: Messaging;

const join = (service: string): Promise<Messaging> =>
  connectMessaging({ url: nats.urlFor(service), service, logger });

function context(more: Partial<RequestContext> = {}): RequestContext {
  return {
    tenantId: 'acme',
    actor: { id: 'key:1', level: 3 },
    requestId: 'request-1',
    deadlineMs: Date.now() + 20_000,
    traceparent: newTraceparent(),
    signal: new AbortController().signal,
    ...more,
  };
}

beforeAll(async () => {
  nats = await startNats();
  gateway = await join('api-gateway');
  orchestrator = await join('orchestrator');
}, 120_000);

afterAll(async () => {
  await gateway.drain();
  await orchestrator.drain();
  await nats.stop();
});

describe('a request', () => {
  let seen: RequestContext | undefined;
  let calls = 0;

  beforeAll(() => {
    orchestrator.answer(skillsList, async (received) => {
      seen = received;
      calls += 1;
      return succeed({ skills: [], manifest: [] });
    });
    orchestrator.answer(agentsGet, async () => fail(errorOf('not_found', 'no such agent')));
    orchestrator.answer(runsGet, async () => {
      throw new Error('the secret inside');
    });
  });

  it('carries who asks, for which tenant, until when and in which trace', async () => {
    const asked = context({ idempotencyKey: 'k-1' });
    expect(await gateway.request(skillsList, asked, {})).toEqual({
      ok: true,
      value: { skills: [], manifest: [] },
    });
    expect(seen).toMatchObject({
      tenantId: 'acme',
      actor: { id: 'key:1', level: 3 },
      requestId: 'request-1',
      deadlineMs: asked.deadlineMs,
      idempotencyKey: 'k-1',
    });
    expect(seen?.traceparent.split('-')[1]).toBe(asked.traceparent.split('-')[1]);
  });

  it('brings a failure back as data', async () => {
    const outcome = await gateway.request(agentsGet, context(), { agent_id: RUN });
    expect(outcome).toMatchObject({ ok: false, error: { code: 'not_found', message: 'no such agent' } });
  });

  it('tells nothing of what is inside when the handler has a bug', async () => {
    const outcome = await gateway.request(runsGet, context(), { run_id: RUN });
    expect(outcome).toMatchObject({ ok: false, error: { code: 'internal' } });
    expect(JSON.stringify(outcome)).not.toContain('secret');
  });

  it('is refused with the unknown field named', async () => {
    const input = { unknown_field: 1 } as unknown as Record<string, never>;
    const outcome = await gateway.request(skillsList, context(), input);
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'invalid_request', details: { issues: [{ field: '/unknown_field' }] } },
    });
  });

  it('is refused without a tenant', async () => {
    const outcome = await gateway.request(skillsList, context({ tenantId: '' }), {});
    expect(outcome).toMatchObject({ ok: false, error: { code: 'tenant_required' } });
  });

  it('never reaches the handler after its deadline', async () => {
    const before = calls;
    const outcome = await gateway.request(skillsList, context({ deadlineMs: Date.now() - 1 }), {});
    expect(outcome).toMatchObject({ ok: false, error: { code: 'deadline_exceeded' } });
    await gateway.request(skillsList, context(), {});
    expect(calls).toBe(before + 1);
  });

  it('is told at once that nobody answers', async () => {
    const startedMs = Date.now();
    const outcome = await gateway.request(runsCancel, context(), { run_id: RUN });
    expect(outcome).toMatchObject({ ok: false, error: { code: 'unavailable', retryable: true } });
    expect(Date.now() - startedMs).toBeLessThan(2_000);
  });

  it('may be asked without a tenant where the tenant is what is asked', async () => {
    const realtime = await join('realtime');
    const identity = { tenant_id: 'acme', key_id: '1', actor: 'key:1', level: 1 };
    gateway.answerAnonymous(authVerify, async () => succeed(identity));
    const outcome = await waitUntil(
      async () => {
        const answer = await realtime.request(authVerify, context({ tenantId: '' }), { credential: 'x' });
        return answer.ok && answer;
      },
      { what: 'an answer to auth.verify' },
    );
    expect(outcome.value).toEqual(identity);
    await realtime.drain();
  });
});

describe('a slow request', () => {
  it('stays alive beyond its timeout while it is worked on', async () => {
    const impatient = { ...runsCancel, timeoutMs: 2_500 };
    const summary = { run_id: RUN } as never;
    orchestrator.answer(runsCancel, async () => {
      await new Promise((resolve) => setTimeout(resolve, 4_000));
      return fail(errorOf('conflict', `late but there: ${JSON.stringify(summary)}`));
    });
    const outcome = await gateway.request(impatient, context(), { run_id: RUN });
    expect(outcome).toMatchObject({ ok: false, error: { code: 'conflict' } });
  }, 15_000);
});

describe('when the server is killed and started again', () => {
  it('clients come back by themselves and are answered', async () => {
    await nats.kill();
    const outcome = await gateway.request(skillsList, context(), {});
    expect(outcome).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    await nats.restart();
    await waitUntil(async () => (await gateway.request(skillsList, context(), {})).ok, {
      what: 'an answer after the restart',
    });
  }, 30_000);
});

describe('draining', () => {
  it('answers what is under way', async () => {
    const leaving = await join('orchestrator');
    const gate = Promise.withResolvers<void>();
    let hasStarted = false;
    leaving.answer(agentsGet, async () => {
      hasStarted = true;
      await gate.promise;
      return fail(errorOf('not_found', 'answered while leaving'));
    });
    // Both answer agents.get; whoever is asked, the one that leaves must have been asked once.
    const answers: Promise<unknown>[] = [];
    await waitUntil(
      async () => {
        if (!hasStarted) answers.push(gateway.request(agentsGet, context(), { agent_id: RUN }));
        return hasStarted;
      },
      { what: 'a request at the leaving replica' },
    );
    const drained = leaving.drain();
    gate.resolve();
    await drained;
    expect(JSON.stringify(await Promise.all(answers))).toContain('answered while leaving');
  }, 20_000);
});
