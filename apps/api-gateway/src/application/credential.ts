import { createHash, randomBytes } from 'node:crypto';

const KEY_BYTES = 32;
const KEY_FORM = /^aos_[A-Za-z0-9_-]{43}$/;

/** A new API key: `aos_` and 32 random bytes in base64url. */
export function newApiKey(): string {
  return `aos_${randomBytes(KEY_BYTES).toString('base64url')}`;
}

/** Whether a credential has the form of an API key, so that it is worth a look-up. */
export function isApiKey(credential: string): boolean {
  return KEY_FORM.test(credential);
}

/** SHA-256 of a credential: what is kept of it. Keys are random, so a slow hash would add nothing. */
export function hashOf(credential: string): Buffer {
  return createHash('sha256').update(credential).digest();
}
