import { APIConnectionError, APIError } from '@anthropic-ai/sdk';
import { describe, expect, it } from '@jest/globals';
import { failureOfSdk } from './sdk-failure.ts';

const KEY = 'sk-ant-very-secret';

function failureOf(status: number, headers: Record<string, string> = {}) {
  const body = { type: 'error', error: { type: 'some_error', message: `said with ${KEY}` } };
  return failureOfSdk(
    APIError.generate(status, body, undefined, new Headers({ 'request-id': 'req_1', ...headers })),
    'ANTHROPIC_API_KEY',
  );
}

describe('a failure of the provider', () => {
  it.each([
    [400, 'upstream_rejected', false],
    [401, 'upstream_rejected', false],
    [402, 'upstream_rejected', false],
    [403, 'upstream_rejected', false],
    [404, 'upstream_rejected', false],
    [413, 'upstream_rejected', false],
    [422, 'upstream_rejected', false],
    [408, 'upstream_error', true],
    [409, 'upstream_error', true],
    [429, 'rate_limited', true],
    [500, 'upstream_error', true],
    [503, 'upstream_error', true],
    [504, 'upstream_error', true],
    [529, 'upstream_error', true],
  ])('%i is %s', (status, code, retryable) => {
    expect(failureOf(status)).toMatchObject({
      code,
      retryable,
      details: { status, provider_request_id: 'req_1' },
    });
  });

  it.each([401, 402, 403])(
    '%i is told without the words of the provider, which may show the key',
    (status) => {
      expect(failureOf(status).message).not.toContain(KEY);
    },
  );

  it('by a bad request tells what was bad about it', () => {
    expect(failureOf(400).message).toContain('said with');
  });

  it('without an answer may pass by itself', () => {
    for (const error of [new APIConnectionError({ message: 'ECONNRESET' }), new TypeError('terminated')]) {
      expect(failureOfSdk(error, 'ANTHROPIC_API_KEY')).toMatchObject({
        code: 'upstream_error',
        retryable: true,
      });
    }
  });
});

describe('the pause the provider asks for', () => {
  it.each([
    ['3', 3_000],
    ['0.5', 500],
    ['-1', 0],
    ['99999999', 86_400_000],
  ])('in seconds: %s', (value, ms) => {
    expect(failureOf(429, { 'retry-after': value }).retry_after_ms).toBe(ms);
    expect(failureOf(529, { 'retry-after': value }).retry_after_ms).toBe(ms);
  });

  it('as a date', () => {
    const value = new Date(Date.now() + 60_000).toUTCString();
    const ms = failureOf(429, { 'retry-after': value }).retry_after_ms;
    expect(ms).toBeGreaterThan(55_000);
    expect(ms).toBeLessThanOrEqual(60_000);
  });

  it.each(['', 'soon'])('is unknown when it is not said: "%s"', (value) => {
    expect(failureOf(429, { 'retry-after': value })).not.toHaveProperty('retry_after_ms');
  });
});
