import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startOtlpReceiver, waitUntil, type OtlpReceiver } from '@aos/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';

const FIXTURE = fileURLToPath(new URL('fixture-service.mjs', import.meta.url));
const TRACE_ID = '4bf92f3577b34da6a3ce929d0e0e4736';

let collector: OtlpReceiver;
let child: ChildProcess;
let url = '';

beforeEach(async () => {
  collector = await startOtlpReceiver();
  const env = { ...process.env, OTEL_EXPORTER_OTLP_ENDPOINT: collector.url };
  child = fork(FIXTURE, ['20'], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], execArgv: [], env });
  const [{ url: itsUrl }] = await once(child, 'message');
  url = itsUrl;
});

afterEach(async () => {
  child.kill('SIGKILL');
  await collector.close();
});

async function stopped(): Promise<void> {
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  expect((await exited)[0]).toBe(0);
}

describe('a traced service', () => {
  it('makes each request a span of the caller’s trace, named by its route, and no span of a probe', async () => {
    const headers = { traceparent: `00-${TRACE_ID}-00f067aa0ba902b7-01`, 'x-request-id': 'request-1' };
    await fetch(`${url}/things/7?token=hidden`, { headers });
    await fetch(`${url}/things/broken`);
    await fetch(`${url}/nowhere`);
    await fetch(`${url}/health/ready`);
    await fetch(`${url}/metrics`);
    await stopped();
    expect(collector.spans).toMatchObject([
      {
        name: 'GET /things/{thing_id}',
        kind: 'server',
        traceId: TRACE_ID,
        parentSpanId: '00f067aa0ba902b7',
        service: 'aos-fixture',
        attributes: {
          'http.request.method': 'GET',
          'http.route': '/things/{thing_id}',
          'url.path': '/things/7',
          'http.response.status_code': 200,
          'aos.request_id': 'request-1',
        },
        status: { code: 'unset' },
      },
      {
        parentSpanId: '',
        attributes: { 'http.response.status_code': 500, 'error.type': '500' },
        status: { code: 'error' },
      },
      { name: 'GET', attributes: { 'http.response.status_code': 404 }, status: { code: 'unset' } },
    ]);
    expect(collector.spans).toHaveLength(3);
    expect(collector.bodies.join('')).not.toContain('hidden');
  });

  it('still exports the span of the request that its drain waited for', async () => {
    const arrived = once(child, 'message');
    const answer = fetch(`${url}/slow`);
    await arrived;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await waitUntil(async () => (await fetch(`${url}/health/ready`)).status === 503, { what: 'the drain' });
    child.send('answer');
    expect((await answer).status).toBe(200);
    await exited;
    expect(collector.spans.map(({ name }) => name)).toEqual(['GET /slow']);
  });
});
