import { errorOf, fail, type StructuredOutcome } from '@aos/contracts';
import type { IncomingHttpHeaders } from 'node:http';
import type { VerifyCredential, Verified } from '../../application/verify-credential.ts';
import { headerOf } from './header.ts';

/** Who calls, by X-AOS-Key or a bearer token, and for which tenant. */
export async function keyStage(
  headers: IncomingHttpHeaders,
  askedTenantId: string | undefined,
  verifyCredential: VerifyCredential,
): Promise<StructuredOutcome<Verified>> {
  const credential = headerOf(headers, 'x-aos-key') ?? bearerOf(headers.authorization);
  if (credential === undefined || credential === '') {
    return fail(errorOf('unauthenticated', 'Send an API key in X-AOS-Key or as a bearer token.'));
  }
  return verifyCredential.run(credential, askedTenantId);
}

function bearerOf(authorization: string | undefined): string | undefined {
  return /^bearer +(\S+)$/i.exec(authorization ?? '')?.[1];
}
