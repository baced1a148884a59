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
    [{ password: 'hidden-1' }],
    [{ headers: { authorization: 'Bearer hidden-1', 'x-aos-key': 'hidden-1' } }],
    [{ req: { headers: { cookie: 'hidden-1' } } }],
    [{ url: 'postgres://aos:hidden-1@127.0.0.1/aos' }],
    [{ err: new Error('cannot reach nats://user:hidden-1@127.0.0.1:4222') }],
  ])('keeps secrets out: %j', (facts) => {
    expect(JSON.stringify(logged((logger) => logger.info(facts, 'x')))).not.toContain('hidden-1');
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
});

describe('a bounded label', () => {
  it('is "other" past the limit, and stays itself below it', () => {
    const label = boundedLabel(2);
    expect(['a', 'b', 'c', 'a'].map(label)).toEqual(['a', 'b', 'other', 'a']);
  });
});
