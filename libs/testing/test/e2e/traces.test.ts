import { randomBytes } from 'node:crypto';
import {
  startHttpReceiver,
  startOtlpReceiver,
  startTestStack,
  waitUntil,
  type HttpReceiver,
  type OtlpReceiver,
  type TestStack,
} from '@aos/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Api } from './api.ts';
import { Gate } from './gate.ts';
import { transform, webhook } from './steps.ts';
import { Trace } from './traces.ts';

/** What may be read nowhere in a trace. */
const PRIVATE = 'private-words-of-a-tenant';
const RECOVERY_MS = 40_000;

let stack: TestStack;
let collector: OtlpReceiver;
let target: HttpReceiver;
let api: Api;
let agentId: string;

beforeAll(async () => {
  collector = await startOtlpReceiver();
  stack = await startTestStack({
    modelSandbox: true,
    env: {
      EGRESS_ALLOW: '127.0.0.1',
      RATE_LIMIT_ENABLED: 'false',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    },
  });
  target = await startHttpReceiver();
  api = new Api(stack.gatewayUrl, stack.apiKey);
  agentId = (await api.createAgent({ instructions: PRIVATE, max_concurrent_runs: 100 })).agent_id;
});
afterAll(async () => {
  await Promise.all([stack.stop(), target.close()]);
  await collector.close();
});
beforeEach(() => {
  target.respondWith(() => ({}));
});

const newTrace = () => new Trace(() => collector.spans, randomBytes(16).toString('hex'));

/** Submits a goal in a trace of the caller. */
async function submit(trace: Trace, fields: Record<string, unknown>): Promise<string> {
  const answer = await api.send(`POST /agents/${agentId}/goals`, {
    body: { goal: `Tell what ${PRIVATE} are about`, context: { words: PRIVATE }, ...fields },
    headers: { traceparent: trace.traceparent },
  });
  expect(answer.status).toBe(202);
  return String(answer.body['run_id']);
}

const SUBMITTED = [
  'orchestrator: invoke_agent',
  'orchestrator: answer orchestrator.runs.submit.v1',
  'api-gateway: request orchestrator.runs.submit.v1',
  'api-gateway: POST /api/v1/agents/{agent_id}/goals',
  'caller',
];
const MODEL_CALL = ['router: answer router.llm.complete.v1', 'orchestrator: request router.llm.complete.v1'];

/** What OpenTelemetry's conventions ask of a call of a model. */
const CHAT = {
  kind: 'client',
  attributes: {
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': 'anthropic',
    'gen_ai.request.model': 'claude-sonnet-5',
    'gen_ai.response.model': 'simulated-claude-sonnet-5',
    'gen_ai.response.finish_reasons': [expect.any(String)],
    'gen_ai.usage.input_tokens': expect.any(Number),
    'gen_ai.usage.cache_read.input_tokens': expect.any(Number),
    'gen_ai.usage.cache_creation.input_tokens': expect.any(Number),
    'gen_ai.usage.output_tokens': expect.any(Number),
  },
};

describe('a goal with a plan', () => {
  it('is one trace, from the request of the caller to each step', async () => {
    const trace = newTrace();
    const fetched = { step_id: 'fetch', skill: 'http_call', params: { url: `${target.url}/x` } };
    const runId = await submit(trace, { plan: [transform('1', { step_id: 'one' }), fetched] });
    expect(await api.ended(runId)).toMatchObject({ status: 'succeeded' });
    const run = await trace.span('invoke_agent');
    for (const [skill, step] of [
      ['json_transform', 'one'],
      ['http_call', 'fetch'],
    ]) {
      const span = await trace.span(`execute_tool ${skill}`);
      expect(trace.wayUp(span)).toEqual([`orchestrator: execute_tool ${skill}`, ...SUBMITTED]);
      expect(span.attributes).toMatchObject({
        'gen_ai.operation.name': 'execute_tool',
        'gen_ai.tool.name': skill,
        'aos.run_id': runId,
        'aos.step_id': step,
      });
    }
    expect(run.attributes).toMatchObject({ 'gen_ai.agent.id': agentId, 'aos.run_status': 'succeeded' });
    expect(await trace.span('POST /api/v1/agents/{agent_id}/goals')).toMatchObject({
      kind: 'server',
      attributes: { 'http.response.status_code': 202, 'aos.tenant_id': 'default' },
    });
    // Who meters the run works in its trace, too.
    await trace.span('process billing-runs', 'aos-billing');
    trace.expectWhole();
  });
});

describe('a goal without a plan', () => {
  it('is one trace down to the model, which tells what was used and nothing that was said', async () => {
    const trace = newTrace();
    await api.ended(await submit(trace, {}));
    const chat = await trace.span('chat claude-sonnet-5', 'aos-router');
    await trace.span('invoke_agent');
    expect(chat).toMatchObject(CHAT);
    expect(await trace.span('plan')).toMatchObject({ attributes: { 'gen_ai.operation.name': 'plan' } });
    expect(trace.wayUp(chat)).toEqual([
      'router: chat claude-sonnet-5',
      ...MODEL_CALL,
      'orchestrator: plan',
      ...SUBMITTED,
    ]);
    await trace.span('process billing-llm', 'aos-billing');
    trace.expectWhole();
    expect(collector.bodies.join('')).not.toContain(PRIVATE);
  });
});

describe('a step that asks a model', () => {
  it('is the parent of its call, whose failure shows and quotes nothing', async () => {
    const trace = newTrace();
    const asks = { step_id: 'ask', skill: 'llm_invoke', params: { prompt: `Repeat: ${PRIVATE}` } };
    const refused = { type: 'error', error: { type: 'invalid_request_error', message: `not ${PRIVATE}` } };
    let calls = 0;
    stack.modelSandbox.respondWith(() => {
      calls += 1;
      return calls === 1 ? undefined : { status: 400, body: refused };
    });
    await api.ended(await submit(trace, { plan: [asks, { ...asks, step_id: 'again' }] }));
    const way = ['router: chat claude-sonnet-5', ...MODEL_CALL, 'orchestrator: execute_tool llm_invoke'];
    const [answered, failed] = await waitUntil(
      () => {
        const chats = trace.named('chat claude-sonnet-5');
        return chats.length === 2 && trace.named('invoke_agent').length > 0 ? chats : undefined;
      },
      { what: 'both calls' },
    );
    if (answered === undefined || failed === undefined) throw new Error('there are two');
    expect(trace.wayUp(answered)).toEqual([...way, ...SUBMITTED]);
    expect(answered).toMatchObject(CHAT);
    expect(failed).toMatchObject({ status: { code: 'error', message: '' } });
    expect(collector.bodies.join('')).not.toContain(PRIVATE);
    stack.modelSandbox.respondWith(() => undefined);
  });
});

describe('a run whose worker was killed', () => {
  it('goes on in the same trace with the next one', async () => {
    const trace = newTrace();
    const gate = new Gate();
    target.respondWith(async () => {
      await gate.pass();
      return {};
    });
    const before = target.requests.length;
    const runId = await submit(trace, { plan: [webhook(`${target.url}/hook`), transform('"after"')] });
    await waitUntil(() => target.requests.length > before, { what: 'the webhook' });
    const other = await stack.startAnother('orchestrator');
    await stack.services.orchestrator.kill9();
    gate.open();
    expect(await api.ended(runId, RECOVERY_MS)).toMatchObject({ status: 'succeeded' });
    await trace.span('invoke_agent');
    const answer = await trace.span('answer orchestrator.runs.submit.v1');
    const after = await trace.span('execute_tool json_transform');
    expect(trace.wayUp(after)).toEqual(['orchestrator: execute_tool json_transform', ...SUBMITTED]);
    expect(after.resource['service.instance.id']).not.toBe(answer.resource['service.instance.id']);
    await stack.services.orchestrator.restart();
    await other.stop();
  });
});

describe('without a collector', () => {
  it('every run ends as fast, and its spans come again when it is back', async () => {
    const port = Number(new URL(collector.url).port);
    await collector.close();
    const beganMs = performance.now();
    for (let count = 0; count < 20; count += 1) {
      const runId = await api.start(agentId, [transform('1')]);
      expect(await api.ended(runId, 2_000)).toMatchObject({ status: 'succeeded' });
    }
    expect(performance.now() - beganMs).toBeLessThan(10_000);
    collector = await startOtlpReceiver(port);
    await waitUntil(
      async () => {
        const trace = newTrace();
        await api.ended(await submit(trace, { plan: [transform('1')] }));
        return trace.spans.length > 0;
      },
      { what: 'a span of a new run', timeoutMs: 30_000 },
    );
  });
});
