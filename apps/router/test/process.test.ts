import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { llmComplete } from '@aos/contracts';
import { createPool, type Pool } from '@aos/database';
import { connectMessaging, type Messaging } from '@aos/messaging';
import { createLogger } from '@aos/telemetry';
import {
  modelError,
  startModelSandbox,
  startNats,
  startOtlpReceiver,
  testPostgres,
  textAnswer,
  waitUntil,
  type ModelSandbox,
  type TestDatabase,
} from '@aos/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { contextOf, keyedContext, requestOf } from './world.ts';

const MAIN = fileURLToPath(new URL('../dist/main.js', import.meta.url));
const logger = createLogger({ service: 'test', level: 'silent' });

let nats: Awaited<ReturnType<typeof startNats>>;
let postgres: TestDatabase;
let sandbox: ModelSandbox;
let caller: Messaging;
let admin: Pool;
let children: ChildProcess[] = [];

beforeAll(async () => {
  [nats, postgres, sandbox] = await Promise.all([startNats(), testPostgres(), startModelSandbox()]);
  caller = await connectMessaging({ url: nats.urlFor('orchestrator'), service: 'orchestrator', logger });
  admin = createPool({ url: postgres.adminUrl, applicationName: 'test', max: 2, logger });
}, 120_000);

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  sandbox.respondWith(() => undefined);
});

afterAll(async () => {
  await Promise.all([caller.drain(), admin.end(), sandbox.close()]);
  await Promise.all([nats.stop(), postgres.close()]);
});

/** The built router as a process; `output` grows while it runs. */
function startProcess(env: Record<string, string> = {}) {
  const child = spawn(process.execPath, [MAIN], {
    env: {
      HOST: '127.0.0.1',
      PORT: '0',
      DATABASE_URL: postgres.appUrl,
      DATABASE_SYSTEM_URL: postgres.systemUrl,
      NATS_URL: nats.urlFor('router'),
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  children.push(child);
  return { child, output: () => text };
}

/** The same, listening, with the sandbox for its models. */
async function startListening(env: Record<string, string> = {}) {
  const started = startProcess({ ANTHROPIC_BASE_URL: sandbox.url, ANTHROPIC_API_KEY: 'simulated', ...env });
  await waitUntil(() => started.output().includes('"listening"'), { what: 'the router listens' });
  return started;
}

describe('the router process', () => {
  it('killed within a call leaves its key to another one, which makes the call', async () => {
    const { child } = await startListening();
    const context = keyedContext({ deadlineMs: Date.now() + 40_000 });
    const called = Promise.withResolvers<void>();
    sandbox.respondWith(() => {
      called.resolve();
      return 'hang';
    });
    void caller.request(llmComplete, { ...context, deadlineMs: Date.now() + 1_000 }, requestOf());
    await called.promise;
    child.kill('SIGKILL');
    await once(child, 'exit');
    sandbox.respondWith(() => undefined);
    await startListening();
    // Fifteen seconds later.
    await admin.query(`update router.llm_replies set lease_until = now() where status = 'pending'`);
    expect(await caller.request(llmComplete, context, requestOf())).toMatchObject({
      ok: true,
      value: { replayed: false },
    });
    expect(await caller.request(llmComplete, context, requestOf())).toMatchObject({
      value: { replayed: true },
    });
  });

  it('told to stop answers the call under way, records it, and exits with 0', async () => {
    const { child, output } = await startListening();
    const context = contextOf();
    const called = Promise.withResolvers<void>();
    sandbox.respondWith(({ body }) => {
      called.resolve();
      return { body: textAnswer(body, 'at last'), delayMs: 700 };
    });
    const underWay = caller.request(llmComplete, context, requestOf());
    await called.promise;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    expect(await underWay).toMatchObject({ ok: true, value: { content: 'at last' } });
    expect(await exited).toEqual([0, null]);
    expect(output()).toMatch(/"draining"[^]*"stopped"/);
    const { rowCount } = await admin.query('select from router.llm_costs where tenant_id = $1', [
      context.tenantId,
    ]);
    expect(rowCount).toBe(1);
  });

  it('has a span for each call of a model, in the trace of who asked', async () => {
    const collector = await startOtlpReceiver();
    const { child } = await startListening({ OTEL_EXPORTER_OTLP_ENDPOINT: collector.url });
    const traceId = randomUUID().replaceAll('-', '');
    const context = contextOf({ traceparent: `00-${traceId}-b7ad6b7169203331-01` });
    const answered = await caller.request(llmComplete, context, requestOf({ model: 'claude-haiku-4-5' }));
    sandbox.respondWith(() => modelError(529));
    await caller.request(llmComplete, context, requestOf());
    // What is recorded leaves before the end.
    child.kill('SIGTERM');
    await once(child, 'exit');
    await collector.close();
    const spanOf = (name: string) =>
      collector.spans.find((span) => span.name === name && span.traceId === traceId);
    const span = spanOf('chat claude-haiku-4-5-20251001');
    expect(span).toMatchObject({
      kind: 'client',
      attributes: {
        'gen_ai.operation.name': 'chat',
        'gen_ai.provider.name': 'anthropic',
        'gen_ai.request.model': 'claude-haiku-4-5-20251001',
        'gen_ai.request.max_tokens': 1024,
        'gen_ai.response.model': 'simulated-claude-haiku-4-5-20251001',
        'gen_ai.response.finish_reasons': ['end_turn'],
        'gen_ai.usage.input_tokens': answered.ok && answered.value.input_tokens,
        'gen_ai.usage.output_tokens': answered.ok && answered.value.output_tokens,
      },
    });
    expect(collector.spans.map(({ spanId }) => spanId)).toContain(span?.parentSpanId);
    expect(spanOf('chat claude-sonnet-5')).toMatchObject({ status: { code: 'error' } });
    expect(collector.bodies.join('')).not.toContain('shipping');
  });

  it('starts without a key in development, warns, is degraded, and fails calls with what to do', async () => {
    const { output } = startProcess();
    const url = await waitUntil(() => /"url":"([^"]+)","msg":"listening"/.exec(output())?.[1], {
      what: 'listening',
    });
    expect(output()).toMatch(/"level":"warn"[^\n]*NO MODEL CAN BE CALLED[^\n]*--model-sandbox/);
    const health = await fetch(`${url}/health/ready`);
    expect([health.status, await health.json()]).toMatchObject([
      200,
      { status: 'degraded', components: { models: { status: 'degraded' } } },
    ]);
    const outcome = await caller.request(llmComplete, keyedContext(), requestOf());
    expect(outcome).toMatchObject({ error: { code: 'provider_not_configured' } });
    const text = outcome.ok ? '' : outcome.error.message;
    expect(text).toContain('ANTHROPIC_API_KEY');
    expect(text).toContain('pnpm stack up --model-sandbox');
  });

  it.each([
    ['in production without a key', { ENV: 'prod' }, /ANTHROPIC_API_KEY: required with ENV=prod/],
    [
      'with a default model that is not there',
      { DEFAULT_LLM_MODEL: 'claude-sonnet-9' },
      /DEFAULT_LLM_MODEL: there is no model claude-sonnet-9; did you mean claude-sonnet-5/,
    ],
  ])('does not start %s', async (_how, env, reason) => {
    const { child, output } = startProcess(env);
    const [code] = await once(child, 'exit');
    expect(code).not.toBe(0);
    expect(output()).toMatch(reason);
  });
});
