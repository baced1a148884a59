import { describe, expect, it } from '@jest/globals';
import { HEADERS, type RequestContext } from '@aos/contracts';
import { headers } from '@nats-io/nats-core';
import { readContext, toHeaders } from './envelope.ts';

const { signal } = new AbortController();
const OWN_SPAN = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b9-01';
const READ = { isAnonymous: false, timeoutMs: 1_000, signal, traceparent: OWN_SPAN };

const SENT: RequestContext = {
  tenantId: 'acme',
  actor: { id: 'key:1', level: 4 },
  requestId: 'request-1',
  deadlineMs: Date.now() + 60_000,
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  idempotencyKey: 'k-1',
  signal,
};

describe('the envelope', () => {
  it('brings a context over whole, to whoever answers in a span of his own', () => {
    const sent = toHeaders(SENT);
    expect(sent.get(HEADERS.traceparent)).toBe(SENT.traceparent);
    expect(readContext(sent, READ)).toEqual({ ok: true, value: { ...SENT, traceparent: OWN_SPAN } });
  });

  it('says of an actor of the platform that it is one, and of no other', () => {
    const actor = { ...SENT.actor, isForAllTenants: true };
    expect(readContext(toHeaders({ ...SENT, actor }), READ)).toMatchObject({ value: { actor } });
    expect(readContext(toHeaders(SENT), READ)).not.toHaveProperty('value.actor.isForAllTenants');
  });

  it('says nothing of an idempotency key where there is none', () => {
    const { idempotencyKey: _, ...keyless } = SENT;
    expect(toHeaders(keyless).has(HEADERS.idempotencyKey)).toBe(false);
    expect(readContext(toHeaders(keyless), READ)).not.toHaveProperty('value.idempotencyKey');
  });

  it('written by hand needs no more than the tenant; who sent it may do nothing', () => {
    const byHand = headers();
    byHand.set(HEADERS.tenant, 'acme');
    const before = Date.now();
    const read = readContext(byHand, READ);
    expect(read).toMatchObject({ ok: true, value: { tenantId: 'acme', actor: { id: 'unknown', level: 0 } } });
    expect(read.ok && read.value.deadlineMs).toBeGreaterThanOrEqual(before + READ.timeoutMs);
    expect(read.ok && read.value.requestId).not.toBe('');
  });

  it.each([undefined, headers()])(
    'without a tenant is refused, but where the tenant is what is asked',
    (envelope) => {
      expect(readContext(envelope, READ)).toMatchObject({ ok: false, error: { code: 'tenant_required' } });
      expect(readContext(envelope, { ...READ, isAnonymous: true })).toMatchObject({
        ok: true,
        value: { tenantId: '' },
      });
    },
  );

  it('that came too late is refused', () => {
    const late = toHeaders({ ...SENT, deadlineMs: Date.now() - 1 });
    expect(readContext(late, READ)).toMatchObject({ ok: false, error: { code: 'deadline_exceeded' } });
  });
});
