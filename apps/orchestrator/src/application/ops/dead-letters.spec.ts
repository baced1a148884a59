import { succeed, type RequestContext } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import { wholeOf } from './dead-letter-view.ts';
import { DeadLettersUnavailableError, whileReachable, type DeadLetter } from './dead-letters.ts';

const context: RequestContext = {
  tenantId: 'acme',
  actor: { id: 'key:1', level: 5 },
  requestId: 'r',
  deadlineMs: 0,
  traceparent: '',
  signal: new AbortController().signal,
};

const letterOf = (payload: Uint8Array): DeadLetter => ({
  sequence: 1,
  deadSubject: 'aos.dead.AOS_EVENTS.billing-runs',
  subject: null,
  reason: null,
  deliveries: null,
  traceparent: null,
  storedAt: '2026-01-01T00:00:00.000Z',
  payload,
});

describe('dead letters that cannot be reached', () => {
  it('are unavailable, to be asked again; a bug stays one', async () => {
    const away = whileReachable(() => Promise.reject(new DeadLettersUnavailableError('no answer')));
    expect(await away(context, {})).toMatchObject({ error: { code: 'unavailable', retry_after_ms: 1_000 } });
    const broken = whileReachable(() => Promise.reject(new Error('bug')));
    await expect(broken(context, {})).rejects.toThrow('bug');
    expect(await whileReachable(async () => succeed(1))(context, {})).toEqual(succeed(1));
  });
});

describe('the payload of a dead letter', () => {
  it('is cut where it would not fit in an answer', () => {
    const large = wholeOf(letterOf(Buffer.alloc(200 * 1024, 'a')));
    expect(large).toMatchObject({ payload: null, payload_bytes: 200 * 1024 });
    expect(large.payload_base64).not.toBeNull();
    const huge = wholeOf(letterOf(Buffer.alloc(700 * 1024, 'a')));
    expect(huge).toMatchObject({ payload: null, payload_base64: null });
    expect(huge.preview).toHaveLength(200);
  });
});
