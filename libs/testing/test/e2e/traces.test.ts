import { randomBytes } from 'node:crypto';
import { startHttpReceiver, startOtlpReceiver, startTestStack } from '@aos/testing';
import type { HttpReceiver, OtlpReceiver, TestStack } from '@aos/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Api } from './api.ts';
import { transform } from './steps.ts';
import { Trace } from './traces.ts';

let stack: TestStack;
let collector: OtlpReceiver;
let target: HttpReceiver;
let api: Api;
let agentId: string;

beforeAll(async () => {
  collector = await startOtlpReceiver();
  stack = await startTestStack({
    env: {
      EGRESS_ALLOW: '127.0.0.1',
      RATE_LIMIT_ENABLED: 'false',
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_BSP_SCHEDULE_DELAY: '50',
    },
  });
  target = await startHttpReceiver();
  api = new Api(stack.gatewayUrl, stack.apiKey);
  agentId = (await api.createAgent()).agent_id;
});
afterAll(async () => {
  await Promise.all([stack.stop(), target.close()]);
  await collector.close();
});

const newTrace = () => new Trace(collector, randomBytes(16).toString('hex'));

async function submit(trace: Trace, goal: Record<string, unknown>): Promise<string> {
  const headers = { traceparent: trace.traceparent };
  const answer = await api.send(`POST /agents/${agentId}/goals`, { body: { goal: 'e2e', ...goal }, headers });
  expect(answer.status).toBe(202);
  return String(answer.body['run_id']);
}

describe('a goal', () => {
  it('is one trace, from the request of the caller to every step', async () => {
    const trace = newTrace();
    const fetched = { step_id: 'fetch', skill: 'http_call', params: { url: `${target.url}/x` } };
    const runId = await submit(trace, { plan: [transform('1', { step_id: 'one' }), fetched] });
    await api.ended(runId);
    const answer = await trace.span('answer orchestrator.runs.submit.v1', 'aos-orchestrator');
    expect(trace.wayUp(answer)).toEqual([
      'orchestrator: answer orchestrator.runs.submit.v1',
      'api-gateway: request orchestrator.runs.submit.v1',
      'api-gateway: POST /api/v1/agents/{agent_id}/goals',
      'caller',
    ]);
    trace.expectWhole();
  });
});
