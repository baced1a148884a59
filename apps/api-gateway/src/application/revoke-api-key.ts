import { errorOf, fail, id, succeed, type RequestContext, type StructuredOutcome } from '@aos/contracts';
import { z } from 'zod';
import type { ApiKeyStore } from './api-key-store.ts';

export const revokeApiKeyInput = z.strictObject({ key_id: id });

/** Forgets what is remembered of a key, so that it is refused at once. */
export interface KeyMemory {
  forget(keyId: string): void;
}

export interface KeyEvents {
  /** Telling it twice is harmless. */
  keyRevoked(context: RequestContext, keyId: string): Promise<StructuredOutcome<void>>;
}

/** Revokes a key at once. If the event cannot be told the caller is asked to repeat; the key is revoked all the same. */
export class RevokeApiKey {
  constructor(
    private readonly keys: ApiKeyStore,
    private readonly memory: KeyMemory,
    private readonly events: KeyEvents,
  ) {}

  async run(
    context: RequestContext,
    { key_id: keyId }: z.output<typeof revokeApiKeyInput>,
  ): Promise<StructuredOutcome<{ key_id: string }>> {
    const found = await this.keys.get(context.tenantId, keyId);
    if (!found.ok) return found;
    if (found.value === undefined) return fail(errorOf('not_found', 'There is no such key.'));
    if (found.value.level > context.actor.level) {
      return fail(errorOf('authorization_denied', 'The key has a higher level than your own.'));
    }
    const revoked = await this.keys.revoke(context.tenantId, keyId);
    if (!revoked.ok) return revoked;
    this.memory.forget(keyId);
    const told = await this.events.keyRevoked(context, keyId);
    return told.ok ? succeed({ key_id: keyId }) : told;
  }
}
