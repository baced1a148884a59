import { describe, expect, it } from '@jest/globals';
import { boundedLabel, createLogger, loggerFor, newTraceparent, traceIdOf } from './index.ts';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): Record<string, unknown> {
  const lines: string[] = [];
  write(
    createLogger({
      service: 'test',
      level: 'info',
      destination: { write: (line: string) => lines.push(line) },
    }),
  );
  return JSON.parse(lines.join(''));
}

describe('the log', () => {
  it('says level and time in words', () => {
    const line = logged((logger) => logger.warn('careful'));
    expect(line).toMatchObject({ level: 'warn', service: 'test', msg: 'careful' });
    expect(String(line['time'])).toMatch(/^\d{4}-\d\d-\d\dT/);
  });

  it.each([
    { password: 'hidden-1' },
    { headers: { authorization: 'Bearer hidden-1', 'x-aos-key': 'hidden-1' } },
    { req: { headers: { Cookie: 'hidden-1' } } },
    { deep: [{ in: { here: { 'set-cookie': ['hidden-1', 'b=hidden-1'] } } }] },
    { apiKey: 'hidden-1', API_KEY: 'hidden-1', accessToken: 'hidden-1', S3_SECRET_ACCESS_KEY: 'hidden-1' },
    { credential: { user: 'u', value: 'hidden-1' } },
    { secret: 'with "quotes" and \\ hidden-1' },
    { url: 'postgres://aos:hidden-1@127.0.0.1/aos' },
    { err: new Error('cannot reach nats://user:hidden-1@127.0.0.1:4222') },
    { err: Object.assign(new Error('refused'), { options: { password: 'hidden-1' } }) },
    { text: 'sent Authorization: Bearer hidden-1-and-more' },
    { text: `the key aos_hidden-1${'x'.repeat(34)} is known` },
    {
      body: JSON.stringify({ user: 'u', password: 'hidden-1', more: JSON.stringify({ token: 'hidden-1' }) }),
    },
  ])('keeps secrets out: %j', (facts) => {
    const line = logged((logger) => logger.child({ token: 'hidden-1' }).info(facts, 'said'));
    expect(JSON.stringify(line)).not.toContain('hidden-1');
    expect(line).toMatchObject({ msg: 'said', token: '[redacted]' });
  });

  it('leaves alone what is no secret', () => {
    const facts = {
      input_tokens: 12,
      token_type: 'input',
      idempotency_key: 'k-1',
      key_id: 'id-1',
      url: 'https://example.com/a?b=c:d@e',
      path: ['a', 'b'],
      labels: { team: 'secret-service' },
    };
    expect(logged((logger) => logger.info(facts, 'a bearer of the token aos_engine'))).toMatchObject({
      ...facts,
      msg: 'a bearer of the token aos_engine',
    });
  });

  it('carries the ids of the request', () => {
    const traceparent = newTraceparent();
    const line = logged((logger) =>
      loggerFor(logger, { tenantId: 't', requestId: 'r', traceparent }).info('x'),
    );
    expect(line).toMatchObject({ tenant_id: 't', request_id: 'r', trace_id: traceIdOf(traceparent) });
  });
});

describe('trace context', () => {
  it('stays in the trace of a valid parent with a span of its own', () => {
    const parent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';
    const child = newTraceparent(parent);
    expect(child).toMatch(/^00-4bf92f3577b34da6a3ce929d0e0e4736-[0-9a-f]{16}-00$/);
    expect(child).not.toBe(parent);
  });

  it.each([undefined, '', 'nonsense', `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`])(
    'starts a new trace without one: %s',
    (parent) => {
      expect(newTraceparent(parent)).toMatch(/^00-(?!0{32})[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    },
  );

  it('never gives the same id twice', () => {
    const traceparents = Array.from({ length: 2_000 }, () => newTraceparent());
    expect(new Set(traceparents.flatMap((traceparent) => traceparent.split('-').slice(1, 3))).size).toBe(
      4_000,
    );
  });
});

describe('a bounded label', () => {
  it('is "other" past the limit, and stays itself below it', () => {
    const label = boundedLabel(2);
    expect(['a', 'b', 'c', 'a'].map(label)).toEqual(['a', 'b', 'other', 'a']);
  });
});
