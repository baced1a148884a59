import {
  type apiKeyCreateInput,
  errorOf,
  fail,
  succeed,
  type CreatedApiKey,
  type RequestContext,
  type StructuredOutcome,
} from '@aos/contracts';
import { v7 as uuidv7 } from 'uuid';
import type { z } from 'zod';
import type { ApiKeyStore } from './api-key-store.ts';
import { hashOf, newApiKey } from './credential.ts';

/** Makes a key for the tenant, of at most the caller's own level. The answer alone carries the key. */
export class CreateApiKey {
  constructor(private readonly keys: ApiKeyStore) {}

  async run(
    context: RequestContext,
    input: z.output<typeof apiKeyCreateInput>,
  ): Promise<StructuredOutcome<CreatedApiKey>> {
    if (input.level > context.actor.level) {
      return fail(errorOf('authorization_denied', 'A key may not have a higher level than its maker.'));
    }
    const secret = newApiKey();
    const created = await this.keys.insert({
      keyId: uuidv7(),
      tenantId: context.tenantId,
      name: input.name,
      level: input.level,
      keyHash: hashOf(secret),
      lastFour: secret.slice(-4),
    });
    return created.ok ? succeed({ ...created.value, api_key: secret }) : created;
  }
}
