import { createHash } from 'node:crypto';
import { errorOf, fail, succeed, type StructuredOutcome } from '@aos/contracts';
import type { StoredContent } from '../../application/artifacts/artifact-store.ts';

/** What content is known by. */
export function addressOf(content: Uint8Array): StoredContent {
  return { sha256: createHash('sha256').update(content).digest('hex'), bytes: content.byteLength };
}

/** Where content lies in a store; the folder between keeps any one folder small. */
export function placeOf(tenantId: string, sha256: string): string {
  return `${tenantId}/${sha256.slice(0, 2)}/${sha256}`;
}

/** What was read, unless it is not what was kept. */
export function verified(content: Uint8Array, sha256: string): StructuredOutcome<Uint8Array> {
  if (addressOf(content).sha256 === sha256) return succeed(content);
  return unavailable(`the content ${sha256} is damaged`);
}

/** Content that cannot be had, in words for the caller. */
export function unavailable(message: string): StructuredOutcome<never> {
  return fail(errorOf('artifact_unavailable', message));
}
