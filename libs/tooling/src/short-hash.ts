import { createHash } from 'node:crypto';

/** A short name for a path, the same each time. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
