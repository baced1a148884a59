import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { SERVICES } from '@aos/contracts';
import { startTestStack, textAnswer, waitUntil, type TestStack } from '@aos/testing';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ env: { ENFORCE_TENANCY: 'true' }, modelSandbox: true });
});
afterAll(() => stack.stop());

const askGateway = (headers: Record<string, string> = { 'X-Tenant-Id': 'default' }) =>
  fetch(`${stack.gatewayUrl}/api/v1/agents`, { headers: { 'X-AOS-Key': stack.apiKey, ...headers } });

async function post(path: string, body: object): Promise<Record<string, unknown>> {
  const headers = { 'X-AOS-Key': stack.apiKey, 'X-Tenant-Id': 'default', 'content-type': 'application/json' };
  const url = `${stack.gatewayUrl}/api/v1${path}`;
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return Object(await response.json());
}

it('a test stack answers with its own key, also after each of its parts was killed and started again', async () => {
  expect((await askGateway()).status).toBe(200);
  for (const name of SERVICES) {
    const service = stack.services[name];
    const before = service.pid();
    await service.kill9();
    await service.restart();
    expect(service.pid()).not.toBe(before);
  }
  expect((await askGateway()).status).toBe(200);
});

it('settings given to it reach the services', async () => {
  expect((await askGateway({})).status).toBe(400);
});

it('a second process of a service works beside the first', async () => {
  const second = await stack.startAnother('orchestrator');
  expect(second.url).not.toBe(stack.services.orchestrator.url);
  expect((await fetch(`${second.url}/health/ready`)).status).toBe(200);
  await second.stop();
});

it('what the router asks of a model is seen and answered by the test', async () => {
  stack.modelSandbox.respondWith(({ body }) => ({ body: textAnswer(body, 'no plan today') }));
  const { agent_id: agentId } = await post('/agents', { name: 'asks a model' });
  await post(`/agents/${String(agentId)}/goals`, { goal: 'say hello' });
  const asked = await waitUntil(() => stack.modelSandbox.requests[1], {
    what: 'the plan and its repair are asked',
  });
  expect(asked.body.tools).toEqual([expect.objectContaining({ name: 'submit_plan' })]);
  expect(JSON.stringify(asked.body.messages)).toContain('say hello');
});
