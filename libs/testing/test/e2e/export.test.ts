import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestStack, type TestStack } from '@aos/testing';
import { Api } from './api.ts';
import { transform } from './steps.ts';

let stack: TestStack;
let api: Api;

beforeAll(async () => {
  stack = await startTestStack({
    env: { RATE_LIMIT_ENABLED: 'false' },
    services: ['api-gateway', 'orchestrator'],
  });
  api = new Api(stack.gatewayUrl, stack.apiKey);
});
afterAll(() => stack.stop());

/** About 30 KB, so that it rides in its event. */
const LARGE = '[range(3000)] | map(tostring + "abcd")';
const STEPS = 24;

async function exportOf(runId: string, key = stack.apiKey, tenantId?: string): Promise<Response> {
  const headers = { 'x-aos-key': key, ...(tenantId !== undefined && { 'x-tenant-id': tenantId }) };
  return fetch(`${stack.gatewayUrl}/api/v1/runs/${runId}/export`, { headers });
}

describe('a run with more than fits in a message', () => {
  it('is exported whole, with a manifest, to its tenant only', async () => {
    const agent = await api.createAgent();
    const plan = Array.from({ length: STEPS }, (_, index) => transform(LARGE, { step_id: `s${index}` }));
    const runId = await api.start(agent.agent_id, plan);
    expect((await api.ended(runId)).status).toBe('succeeded');
    const response = await exportOf(runId);
    expect(response.headers.get('content-type')).toBe('application/x-ndjson');
    const content = Buffer.from(await response.arrayBuffer());
    expect(content.length).toBeGreaterThan(512 * 1024);
    expect(response.headers.get('etag')).toBe(`"${createHash('sha256').update(content).digest('hex')}"`);

    const lines = content.toString('utf8').trimEnd().split('\n');
    const [head, ...rest] = lines.map((line) => JSON.parse(line));
    const manifest = rest.pop();
    expect(head).toMatchObject({
      kind: 'run',
      run: { run_id: runId, status: 'succeeded' },
      versions: { agent: 1, skills: { json_transform: expect.any(String) } },
    });
    expect(head.plan.steps).toHaveLength(STEPS);
    expect(rest.map(({ event }) => event.runseq)).toEqual(rest.map((_, index) => index + 1));
    const before = lines.slice(0, -1).map((line) => `${line}\n`);
    const sha256 = createHash('sha256').update(before.join('')).digest('hex');
    expect(manifest).toMatchObject({ kind: 'manifest', run_id: runId, events: rest.length, sha256 });
    expect((await exportOf(runId, stack.adminKey, 'another')).status).toBe(404);
  });

  it('is shown without the outputs that would be too much', async () => {
    const agent = await api.createAgent();
    const plan = Array.from({ length: STEPS }, (_, index) => transform(LARGE, { step_id: `s${index}` }));
    const run = await api.ended(await api.start(agent.agent_id, plan));
    const [first, last] = [run.steps.at(0), run.steps.at(-1)];
    expect(first).toMatchObject({ output: { result: expect.any(Array) } });
    expect(last).toMatchObject({ status: 'succeeded', output: null, output_omitted: true });
    expect(run.outcome?.output).toEqual(first?.output);
  });
});
