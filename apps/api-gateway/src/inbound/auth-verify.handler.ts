import type { authVerify, InputOf, StructuredOutcome } from '@aos/contracts';
import type { VerifyCredential, Verified } from '../application/verify-credential.ts';
import { askedTenant } from '../domain/tenancy.ts';

/** Answers `gateway.auth.verify.v1`: the same rules as over HTTP. */
export function authVerifyHandler(verifyCredential: VerifyCredential, isTenancyEnforced: boolean) {
  return async (input: InputOf<typeof authVerify>): Promise<StructuredOutcome<Verified>> => {
    const asked = askedTenant(input.tenant_id, isTenancyEnforced);
    return asked.ok ? verifyCredential.run(input.credential, asked.value) : asked;
  };
}
