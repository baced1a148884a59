import { authVerify, errorOf, fail, succeed, type StructuredOutcome } from '@aos/contracts';
import type { Messaging } from '@aos/messaging';
import type { Credential, Credentials, Watcher } from '../application/ports.ts';
import { ownContext } from './own-context.ts';

/** Checks credentials by `gateway.auth.verify.v1`. A gateway that does not answer is `unavailable`, never a yes. */
export class CredentialsClient implements Credentials {
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
