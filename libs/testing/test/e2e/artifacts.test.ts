import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { ArtifactRef, Run } from '@aos/contracts';
import {
  startHttpReceiver,
  startTestStack,
  waitUntil,
  type HttpReceiver,
  type TestStack,
} from '@aos/testing';
import { Api, callerOf } from './api.ts';
import { Gate } from './gate.ts';
import { webhook, type Step } from './steps.ts';

/** A lease of 10 s must end before another process may take over. */
const RECOVERY_MS = 40_000;
const ORDERS = Array.from({ length: 10_000 }, (_, at) => ({
  id: at,
  amount: at % 100,
  note: 'é'.repeat(40),
}));
const TOTAL = ORDERS.reduce((sum, { amount }) => sum + amount, 0);

let stack: TestStack;
let outside: HttpReceiver;
let api: Api;
let agentId: string;

beforeAll(async () => {
  stack = await startTestStack({ env: { EGRESS_ALLOW: '127.0.0.1', RATE_LIMIT_ENABLED: 'false' } });
  outside = await startHttpReceiver();
  api = new Api(stack.gatewayUrl, stack.apiKey);
  agentId = (await api.createAgent()).agent_id;
});
afterAll(async () => {
  await stack.stop();
  await outside.close();
});

/** Serves the orders; whatever else is called waits at the gate. */
function serve(gate: Gate): void {
  outside.requests.length = 0;
  outside.respondWith(async ({ path }) => {
    if (path === '/orders') {
      return { headers: { 'content-type': 'application/json' }, body: JSON.stringify({ orders: ORDERS }) };
    }
    await gate.pass();
    return {};
  });
}

const FETCH: Step = { step_id: 'fetch', skill: 'http_call' };

function plan(): Step[] {
  const params = { input: '${{ steps.fetch.output.body.orders }}', query: '[.[].amount] | add' };
  return [
    { ...FETCH, params: { url: `${outside.url}/orders` } },
    { step_id: 'total', skill: 'json_transform', params },
    webhook(`${outside.url}/told`, {
      step_id: 'tell',
      params: { url: `${outside.url}/told`, payload: 'hi' },
    }),
    {
      step_id: 'count',
      skill: 'json_transform',
      params: { input: '${{ steps.fetch.output }}', query: '.body.orders | length' },
    },
    {
      step_id: 'invite',
      skill: 'calendar_write',
      params: {
        title: 'Total ${{ steps.total.output.result }} of ${{ steps.count.output.result }}',
        start: '2026-05-01T09:30',
        timezone: 'Europe/Berlin',
        description: 'The first is ${{ steps.fetch.output.body.orders[0] }}',
        attendees: [{ email: 'ann@example.com' }],
        name: 'review.ics',
      },
    },
  ];
}

const fetchArtifact = (runId: string, name: string, headers: Record<string, string> = {}) =>
  fetch(`${stack.gatewayUrl}/api/v1/runs/${runId}/artifacts/${name}`, {
    headers: { 'x-aos-key': api.key, ...headers },
  });

function artifactIn({ artifacts }: Run, name: string): ArtifactRef {
  const found = artifacts.find((artifact) => artifact.name === name);
  if (found === undefined) throw new Error(`the run has no ${name}`);
  return found;
}

/** The bytes of a file of the run, which are those the run tells of. */
async function bytesOf(run: Run, name: string): Promise<Buffer> {
  const { sha256, bytes, media_type: type } = artifactIn(run, name);
  const response = await fetchArtifact(run.run_id, name);
  const content = Buffer.from(await response.arrayBuffer());
  expect({ status: response.status, type: response.headers.get('content-type') }).toEqual({
    status: 200,
    type,
  });
  expect(response.headers.get('etag')).toBe(`"${sha256}"`);
  expect(createHash('sha256').update(content).digest('hex')).toBe(sha256);
  expect(content).toHaveLength(bytes);
  return content;
}

/** A run of the plan that got on with everything. */
async function expectWhole(run: Run): Promise<void> {
  expect(run).toMatchObject({ status: 'succeeded', outcome: { output: { uid: expect.any(String) } } });
  const outputs = Object.fromEntries(run.steps.map(({ step_id, output }) => [step_id, output]));
  expect(outputs).toMatchObject({
    fetch: null,
    total: { result: TOTAL },
    count: { result: ORDERS.length },
    invite: { artifact: artifactIn(run, 'review.ics'), start: '2026-05-01T09:30:00+02:00' },
  });
  expect(run.artifacts.map(({ name }) => name)).toEqual(['fetch.output.json', 'review.ics']);
  expect(run.steps[0]?.output_artifact).toEqual(artifactIn(run, 'fetch.output.json'));
  expect(JSON.parse(String(await bytesOf(run, 'fetch.output.json')))).toMatchObject({
    status: 200,
    body: { orders: ORDERS },
  });
  const calendar = String(await bytesOf(run, 'review.ics')).replaceAll('\r\n ', '');
  expect(calendar).toContain(`\r\nSUMMARY:Total ${TOTAL} of ${ORDERS.length}\r\n`);
  expect(calendar).toContain('\r\nDTSTART:20260501T073000Z\r\n');
  expect(calendar).toContain('"note":"ééé');
}

describe('a megabyte handed from step to step', () => {
  let whole: Run;

  it('is kept beside the journal and read by reference, a calendar file is written, both are read back', async () => {
    const gate = new Gate();
    gate.open();
    serve(gate);
    whole = await api.ended(await api.start(agentId, plan()));
    await expectWhole(whole);
    const events = await api.events(whole.run_id);
    expect(Math.max(...events.map((event) => JSON.stringify(event).length))).toBeLessThan(34_000);
    expect(events.map(({ type }) => type)).toContain('artifact.created');
  });

  it('is not sent to whoever has it, and never to another tenant', async () => {
    const { sha256 } = artifactIn(whole, 'fetch.output.json');
    const known = await fetchArtifact(whole.run_id, 'fetch.output.json', { 'if-none-match': `"${sha256}"` });
    expect(known.status).toBe(304);
    const other = await callerOf(stack, 'other-tenant');
    for (const path of [`/runs/${whole.run_id}/artifacts/review.ics`, `/runs/${whole.run_id}/artifacts/x`]) {
      expect(await other.send(`GET ${path}`)).toMatchObject({ status: 404, body: { code: 'not_found' } });
    }
    expect(await api.send(`GET /runs/${whole.run_id}/artifacts/x`)).toMatchObject({ status: 404 });
  });

  it('may be what a run comes to', async () => {
    serve(new Gate());
    const run = await api.ended(await api.start(agentId, plan().slice(0, 1)));
    expect(run.outcome).toEqual({
      output: null,
      output_artifact: artifactIn(run, 'fetch.output.json'),
      error: null,
    });
    await bytesOf(run, 'fetch.output.json');
  });

  it('is there for the process that takes over when the first is killed', async () => {
    const gate = new Gate();
    serve(gate);
    const runId = await api.start(agentId, plan());
    await waitUntil(() => outside.requests.some(({ path }) => path === '/told'), { what: 'the run stands' });
    const other = await stack.startAnother('orchestrator');
    await stack.services.orchestrator.kill9();
    gate.open();
    await expectWhole(await api.ended(runId, RECOVERY_MS));
    expect(outside.requests.filter(({ path }) => path === '/orders')).toHaveLength(1);
    await stack.services.orchestrator.restart();
    await other.stop();
  });
});
