import { hash, randomUUID } from 'node:crypto';
import {
  EVENT_DATA,
  LIVE_REVOKED_KEYS,
  authVerify,
  errorOf,
  fail,
  succeed,
  type RequestContext,
  type StructuredOutcome,
} from '@aos/contracts';
import type { Messaging } from '@aos/messaging';
import { LRUCache } from 'lru-cache';
import { z } from 'zod';
import type { Caller, Credential, Keys } from '../application/check-key.ts';

const KEYS_MAX = 10_000;
/** How long a key is believed without asking again; one that is revoked is forgotten at once. */
const TTL_MS = 30_000;
const NEVER = new AbortController().signal;
const keyRevoked = z.object({ data: EVENT_DATA['key.revoked'] });

/** Credentials as `gateway.auth.verify.v1` knows them, remembered for a short while by their hash; refused ones are not. */
export class KnownKeys implements Keys {
  readonly #messaging: Messaging;
  readonly #callers = new LRUCache<string, Caller>({ max: KEYS_MAX, ttl: TTL_MS });
  /** Grows with each revocation: a reply that was on its way then may be the revoked key's. */
  #revocations = 0;

  constructor(messaging: Messaging) {
    this.#messaging = messaging;
    messaging.subscribeCore(LIVE_REVOKED_KEYS, ({ payload }) => this.#forget(payload));
    // What was revoked meanwhile is not known.
    messaging.onReconnect(() => this.#forgetAll());
  }

  find(asked: Credential): StructuredOutcome<Caller> | Promise<StructuredOutcome<Caller>> {
    const name = hash('sha256', `${asked.tenantId ?? ''} ${asked.credential}`, 'base64');
    const known = this.#callers.get(name);
    return known === undefined ? this.#ask(asked, name) : succeed(known);
  }

  async #ask({ credential, tenantId }: Credential, name: string): Promise<StructuredOutcome<Caller>> {
    const before = this.#revocations;
    const input = { credential, ...(tenantId !== undefined && { tenant_id: tenantId }) };
    const reply = await this.#messaging.request(authVerify, ownContext(), input);
    if (!reply.ok) {
      const isOurs = reply.error.owner === 'platform';
      return fail(isOurs ? errorOf('unavailable', 'Credentials cannot be checked now.') : reply.error);
    }
    const { tenant_id, key_id: keyId, level } = reply.value;
    const caller = { tenantId: tenant_id, keyId, level };
    if (before === this.#revocations) this.#callers.set(name, caller);
    return succeed(caller);
  }

  #forget(payload: string): void {
    const event = keyRevoked.safeParse(jsonOf(payload));
    if (!event.success) return this.#forgetAll();
    this.#revocations += 1;
    const { key_id: keyId } = event.data.data;
    for (const [name, caller] of this.#callers.entries()) {
      if (caller.keyId === keyId) this.#callers.delete(name);
    }
  }

  #forgetAll(): void {
    this.#revocations += 1;
    this.#callers.clear();
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Router asks on its own account: the tenant is yet to be known. */
function ownContext(): RequestContext {
  return {
    tenantId: '',
    actor: { id: 'service:router', level: 1 },
    requestId: randomUUID(),
    deadlineMs: Date.now() + authVerify.timeoutMs,
    traceparent: '',
    signal: NEVER,
  };
}
