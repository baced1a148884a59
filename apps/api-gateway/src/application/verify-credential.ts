import { timingSafeEqual } from 'node:crypto';
import {
  type authVerify,
  errorOf,
  fail,
  succeed,
  type OutputOf,
  type StructuredOutcome,
} from '@aos/contracts';
import { BOOTSTRAP_CALLER, type Caller } from '../domain/caller.ts';
import { grantedTenant } from '../domain/tenancy.ts';
import { hashOf, isApiKey } from './credential.ts';

/** Finds who a key is by its hash; `undefined`: nobody, or it was revoked. */
export interface KeyDirectory {
  find(keyHash: Buffer): Promise<StructuredOutcome<Caller | undefined>>;
}

/** A credential that was verified, and the tenant it acts for. */
export type Verified = OutputOf<typeof authVerify>;

/** Who a credential is and which tenant it acts for; the same for HTTP and for `gateway.auth.verify.v1`. */
export class VerifyCredential {
  private readonly bootstrapHash: Buffer | undefined;

  constructor(
    private readonly keys: KeyDirectory,
    bootstrapKey: string | undefined,
  ) {
    this.bootstrapHash = bootstrapKey === undefined ? undefined : hashOf(bootstrapKey);
  }

  async run(credential: string, askedTenantId: string | undefined): Promise<StructuredOutcome<Verified>> {
    const caller = await this.callerOf(credential);
    if (!caller.ok) return caller;
    if (caller.value === undefined) return fail(errorOf('unauthenticated', 'The credential is not known.'));
    const tenant = grantedTenant(caller.value, askedTenantId);
    if (!tenant.ok) return tenant;
    const { keyId, level, isForAllTenants } = caller.value;
    const verified = { tenant_id: tenant.value, key_id: keyId, actor: `key:${keyId}`, level };
    return succeed(isForAllTenants ? { ...verified, is_for_all_tenants: true } : verified);
  }

  private async callerOf(credential: string): Promise<StructuredOutcome<Caller | undefined>> {
    const hash = hashOf(credential);
    if (this.bootstrapHash !== undefined && timingSafeEqual(hash, this.bootstrapHash)) {
      return succeed(BOOTSTRAP_CALLER);
    }
    return isApiKey(credential) ? this.keys.find(hash) : succeed(undefined);
  }
}
