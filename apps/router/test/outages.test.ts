import { llmExport } from '@aos/contracts';
import { textAnswer, waitUntil } from '@aos/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { startSurroundings, type Surroundings } from './surroundings.ts';
import { contextOf, keyedContext, requestOf } from './world.ts';

const exportAll = { from: '2026-01-01T00:00:00Z', limit: 200 };

let around: Surroundings;

beforeAll(async () => {
  around = await startSurroundings('simulated');
}, 120_000);

beforeEach(() => {
  around.sandbox.requests.length = 0;
  around.sandbox.respondWith(() => undefined);
});

afterAll(() => around.stop());

describe('while NATS is away', () => {
  it('the reply is kept and the event waits, and both are there when it is back', async () => {
    const context = keyedContext({ deadlineMs: Date.now() + 30_000 });
    const called = Promise.withResolvers<void>();
    around.sandbox.respondWith(() => {
      called.resolve();
      return undefined;
    });
    const lost = around.ask(requestOf(), context);
    await called.promise;
    await around.nats.kill();
    expect(await lost).toMatchObject({ error: { code: 'unavailable' } });
    await waitUntil(async () => (await around.costsOf(context.tenantId)) === 1, {
      what: 'the spend is recorded',
    });
    await around.nats.restart();
    const again = await waitUntil(
      async () => {
        const outcome = await around.ask(requestOf(), context);
        return outcome.ok && outcome.value;
      },
      { what: 'the reply' },
    );
    expect(again.replayed).toBe(true);
    await around.eventOf(again.request_id);
    expect(around.sandbox.requests).toHaveLength(1);
    expect(around.events.filter(({ id }) => id === `${again.request_id}-completed`)).toHaveLength(1);
  });
});

describe('while the database is away', () => {
  it('nothing is called, with a key or without', async () => {
    await around.postgres.kill();
    try {
      const away = { error: { code: 'unavailable', retryable: true } };
      expect(await around.ask(requestOf(), contextOf())).toMatchObject(away);
      expect(await around.ask(requestOf(), keyedContext())).toMatchObject(away);
      expect(await around.billing.request(llmExport, contextOf({ tenantId: '' }), exportAll)).toMatchObject(
        away,
      );
      expect(around.sandbox.requests).toEqual([]);
    } finally {
      await around.postgres.restart();
    }
    expect(await around.ask()).toMatchObject({ ok: true });
  });

  it('an answer that is paid for is held back until it is recorded', async () => {
    const context = keyedContext({ deadlineMs: Date.now() + 30_000 });
    const called = Promise.withResolvers<void>();
    around.sandbox.respondWith(({ body }) => {
      called.resolve();
      return { body: textAnswer(body, 'late'), delayMs: 1_000 };
    });
    const held = around.ask(requestOf(), context);
    await called.promise;
    await around.postgres.kill();
    await waitUntil(() => around.router.logs.some((line) => line.includes('recording the spend')), {
      what: 'the trouble',
    });
    await around.postgres.restart();
    expect(await held).toMatchObject({ ok: true, value: { content: 'late', replayed: false } });
    expect(await around.costsOf(context.tenantId)).toBe(1);
  });
});
