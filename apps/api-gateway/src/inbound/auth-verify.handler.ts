import type { authVerify } from '@aos/contracts';
import type { CommandHandler } from '@aos/messaging';
import type { VerifyCredential } from '../application/verify-credential.ts';
import { askedTenant } from '../domain/tenancy.ts';

/** Answers `gateway.auth.verify.v1`: the same rules as over HTTP. */
export function authVerifyHandler(
  verifyCredential: VerifyCredential,
  isTenancyEnforced: boolean,
): CommandHandler<typeof authVerify> {
  return async (_context, input) => {
    const asked = askedTenant(input.tenant_id, isTenancyEnforced);
    return asked.ok ? verifyCredential.run(input.credential, asked.value) : asked;
  };
}
