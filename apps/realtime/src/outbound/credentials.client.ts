import { authVerify, errorOf, fail, succeed, type StructuredOutcome } from '@aos/contracts';
import type { Messaging } from '@aos/messaging';
import { ownContext } from './own-context.ts';

/** What a client shows to be let in. */
export interface Credential {
  credential: string;
  /** The tenant asked for; undefined: the credential's own. */
  tenantId: string | undefined;
  traceparent: string | undefined;
}

/** Who watches. */
export interface Watcher {
  tenantId: string;
  keyId: string;
}

/** Checks credentials by `gateway.auth.verify.v1`. A gateway that does not answer is `unavailable`, never a yes. */
export class CredentialsClient {
  constructor(private readonly messaging: Messaging) {}

  async verify({ credential, tenantId, traceparent }: Credential): Promise<StructuredOutcome<Watcher>> {
    const context = ownContext('', authVerify.timeoutMs, traceparent);
    const input = { credential, ...(tenantId === undefined ? {} : { tenant_id: tenantId }) };
    const reply = await this.messaging.request(authVerify, context, input);
    if (reply.ok) return succeed({ tenantId: reply.value.tenant_id, keyId: reply.value.key_id });
    const isOurs = reply.error.owner === 'platform';
    return fail(isOurs ? errorOf('unavailable', 'Credentials cannot be checked now.') : reply.error);
  }
}
