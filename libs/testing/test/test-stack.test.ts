import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { startTestStack, type TestStack } from '@aos/testing';

let stack: TestStack;
beforeAll(async () => {
  stack = await startTestStack({ env: { ENFORCE_TENANCY: 'true' } });
});
afterAll(() => stack.stop());

const askGateway = (headers: Record<string, string> = { 'X-Tenant-Id': 'default' }) =>
  fetch(`${stack.gatewayUrl}/api/v1/agents`, { headers: { 'X-AOS-Key': stack.apiKey, ...headers } });

it('a test stack answers with its own key, also after each of its parts was killed and started again', async () => {
  expect((await askGateway()).status).toBe(200);
  for (const name of ['api-gateway', 'orchestrator', 'realtime'] as const) {
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
