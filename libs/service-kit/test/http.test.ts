import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { Writable } from 'node:stream';
import { coreConfig, problem, type Problem } from '@aos/contracts';
import { createLogger, type Logger } from '@aos/telemetry';
import { Body, Controller, Get, Inject, Module, Param, Post, Req } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { waitUntil } from '@aos/testing';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { bootstrap, LOGGER, ServiceKitModule, type HealthProbe } from '../src/index.ts';

const config = {
  ...z.object(coreConfig).parse({ NATS_URL: 'nats://127.0.0.1:1' }),
  ENV: 'test',
  HOST: '127.0.0.1',
  PORT: 0,
  HEALTH_CHECK_TIMEOUT_SECONDS: 1,
  SHUTDOWN_TIMEOUT_SECONDS: 5,
} as const;

let lines: string[] = [];
const destination = new Writable({
  write(chunk, _encoding, done) {
    lines.push(String(chunk));
    done();
  },
});
const logger = createLogger({ service: 'test', level: 'info', destination });

let databaseError: Error | undefined;
const database: HealthProbe = {
  name: 'database',
  critical: true,
  check: () => (databaseError === undefined ? Promise.resolve() : Promise.reject(databaseError)),
};

@Controller('things')
class ThingsController {
  constructor(@Inject(LOGGER) readonly logger: Logger) {}

  @Get('trace')
  trace(@Req() request: FastifyRequest) {
    return { traceparent: request.traceparent };
  }

  @Get('throws')
  throws() {
    throw new Error('relation "secret_table" does not exist', { cause: new Error('the cause') });
  }

  @Get(':id')
  one(@Param('id') id: string) {
    return { id };
  }

  @Post()
  create(@Body() body: unknown) {
    return { body };
  }
}

@Module({
  imports: [ServiceKitModule.forRoot({ name: 'test', config, logger, probes: [database] })],
  controllers: [ThingsController],
})
class TestModule {}

let app: NestFastifyApplication;
let url: string;

beforeAll(async () => {
  app = await bootstrap({ name: 'test', config, logger, module: TestModule });
  url = await app.getUrl();
});

afterAll(() => app.close());

beforeEach(() => {
  lines = [];
  databaseError = undefined;
});

const post = (body: string, contentType = 'application/json') =>
  fetch(`${url}/things`, { method: 'POST', body, headers: { 'content-type': contentType } });

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  const parsed = problem.parse(await response.json());
  expect(parsed).toMatchObject({ status: response.status, request_id: response.headers.get('x-request-id') });
  expect(parsed.request_id).toBeTruthy();
  return parsed;
}

describe('what cannot be served is a problem document', () => {
  it.each([
    ['bad JSON', () => post('{"a":'), 400, 'invalid_request'],
    ['an empty JSON body', () => post(''), 400, 'invalid_request'],
    ['a poisoned prototype', () => post('{"__proto__":{"isAdmin":true}}'), 400, 'invalid_request'],
    ['a body over the limit', () => post(JSON.stringify('x'.repeat(3_000_000))), 413, 'payload_too_large'],
    ['a form', () => post('a=1', 'application/x-www-form-urlencoded'), 415, 'unsupported_media_type'],
    ['plain text', () => post('a', 'text/plain'), 415, 'unsupported_media_type'],
    ['an unknown path', () => fetch(`${url}/nowhere`), 404, 'not_found'],
    ['a path that is no URL', () => fetch(`${url}/things/%E0%A4%A`), 400, 'invalid_request'],
    ['a thrown error', () => fetch(`${url}/things/throws`), 500, 'internal'],
  ])('%s', async (_what, ask, status, code) => {
    const response = await ask();
    expect(response.status).toBe(status);
    expect((await problemOf(response)).code).toBe(code);
  });

  it('a method that the path does not serve, with those it does', async () => {
    const response = await fetch(`${url}/things`, { method: 'DELETE' });
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect((await problemOf(response)).code).toBe('method_not_allowed');
  });

  it('headers that are too large', async () => {
    const { promise, resolve, reject } = Promise.withResolvers<{
      status: number | undefined;
      body: string;
    }>();
    const request = httpRequest(`${url}/things/1`, { headers: { 'x-large': 'x'.repeat(40_000) } });
    request.on('response', (response) => {
      void text(response).then((body) => resolve({ status: response.statusCode, body }));
    });
    request.on('error', reject);
    request.end();
    const { status, body } = await promise;
    expect(status).toBe(431);
    expect(problem.parse(JSON.parse(body)).code).toBe('headers_too_large');
  });

  it('bytes that are no HTTP', async () => {
    const { port, hostname } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.end('this is no HTTP\r\n\r\n');
    const answer = await text(socket);
    expect(answer).toMatch(/^HTTP\/1\.1 400 [^]*application\/problem\+json[^]*"code":"invalid_request"/);
  });
});

describe('a thrown error', () => {
  it('tells the caller nothing of the inside and the log everything', async () => {
    const response = await fetch(`${url}/things/throws`);
    expect(await response.text()).not.toMatch(/secret_table|stack|\.ts/);
    const requestId = response.headers.get('x-request-id') ?? '';
    const logged = lines.find((line) => line.includes('secret_table'));
    expect(logged).toContain('the cause');
    expect(logged).toContain(requestId);
  });
});

describe('every answer', () => {
  it('carries the request id of the caller', async () => {
    const response = await fetch(`${url}/things/1`, { headers: { 'x-request-id': 'order-66.a:b' } });
    expect(response.headers.get('x-request-id')).toBe('order-66.a:b');
  });

  it.each(['a b', 'x'.repeat(200), '"><script>'])('carries a new one for %p', async (given) => {
    const response = await fetch(`${url}/things/1`, { headers: { 'x-request-id': given } });
    expect(response.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('belongs to the trace of the caller', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const response = await fetch(`${url}/things/trace`, {
      headers: { traceparent: `00-${traceId}-b7ad6b7169203331-01` },
    });
    expect(await response.json()).toEqual({
      traceparent: expect.stringMatching(`^00-${traceId}-[0-9a-f]{16}-01$`),
    });
  });

  it('leaves one access line without the query, and is measured by route', async () => {
    await fetch(`${url}/things/42?token=abc`, { headers: { 'x-request-id': 'access-1' } });
    const line = await waitUntil(async () => lines.find((each) => each.includes('access-1')), {
      what: 'access line',
    });
    expect(JSON.parse(line)).toMatchObject({
      method: 'GET',
      path: '/things/42',
      status: 200,
      request_id: 'access-1',
      trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
      duration_ms: expect.any(Number),
    });
    expect(lines.join('')).not.toContain('token=abc');
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toMatch(
      /http_request_duration_seconds_count\{method="GET",route="\/things\/:id",status="200"\} [1-9]/,
    );
  });
});

describe('health', () => {
  it.each(['/health', '/health/ready', '/api/v1/health'])(
    '%s is 200 with latencies while all works',
    async (path) => {
      const response = await fetch(`${url}${path}`);
      expect(response.status).toBe(200);
      expect(await response.json()).toEqual({
        status: 'healthy',
        components: { database: { status: 'healthy', latency_ms: expect.any(Number) } },
      });
    },
  );

  it('is 503 without what is critical; the process lives nevertheless', async () => {
    databaseError = new Error('gone');
    const statuses = await Promise.all(
      ['/health', '/health/ready', '/health/live'].map(async (path) => (await fetch(`${url}${path}`)).status),
    );
    expect(statuses).toEqual([503, 503, 200]);
  });
});
