import { errorOf, fail, succeed, type StructuredOutcome } from '@aos/contracts';
import { LRUCache } from 'lru-cache';
import type { KeyMemory } from '../application/revoke-api-key.ts';
import type { KeyDirectory } from '../application/verify-credential.ts';
import type { Caller } from '../domain/caller.ts';

const KEYS_MAX = 10_000;
/** How long a key is believed without asking again. */
const TTL_MS = 30_000;
const RETRY_AFTER_MS = 1_000;

/** Remembers known keys for a short while; unknown and revoked ones are asked for each time. */
export class CachedKeys implements KeyDirectory, KeyMemory {
  private readonly callers = new LRUCache<string, Caller>({ max: KEYS_MAX, ttl: TTL_MS });
  private readonly lookups = new Map<string, Promise<StructuredOutcome<Caller | undefined>>>();
  private revocations = 0;

  constructor(
    private readonly keys: KeyDirectory,
    /** How long a look-up may take before the request is refused with 503. */
    private readonly timeoutMs: number,
  ) {}

  /** Requests that come with one key while it is looked up share the answer. */
  async find(keyHash: Buffer): Promise<StructuredOutcome<Caller | undefined>> {
    const name = keyHash.toString('base64url');
    const known = this.callers.get(name);
    if (known !== undefined) return succeed(known);
    const underWay = this.lookups.get(name);
    if (underWay !== undefined) return underWay;
    const lookup = this.lookUp(name, keyHash);
    this.lookups.set(name, lookup);
    try {
      return await lookup;
    } finally {
      if (this.lookups.get(name) === lookup) this.lookups.delete(name);
    }
  }

  forget(keyId: string): void {
    this.distrustLookups();
    for (const [name, caller] of this.callers.entries()) {
      if (caller.keyId === keyId) this.callers.delete(name);
    }
  }

  /** For when it is not known which keys were revoked meanwhile. */
  forgetAll(): void {
    this.distrustLookups();
    this.callers.clear();
  }

  /** A row read before a revocation may be the revoked one's: it is not kept, and nobody who comes later is given it. */
  private distrustLookups(): void {
    this.revocations += 1;
    this.lookups.clear();
  }

  private async lookUp(name: string, keyHash: Buffer): Promise<StructuredOutcome<Caller | undefined>> {
    const revocationsBefore = this.revocations;
    const found = await this.findInTime(keyHash);
    if (found.ok && found.value !== undefined && revocationsBefore === this.revocations) {
      this.callers.set(name, found.value);
    }
    return found;
  }

  private async findInTime(keyHash: Buffer): Promise<StructuredOutcome<Caller | undefined>> {
    let timer: NodeJS.Timeout | undefined;
    const tooLate = new Promise<StructuredOutcome<never>>((resolve) => {
      const facts = { retryAfterMs: RETRY_AFTER_MS };
      const late = fail(errorOf('unavailable', 'The credential cannot be checked at the moment.', facts));
      timer = setTimeout(() => resolve(late), this.timeoutMs);
    });
    try {
      return await Promise.race([this.keys.find(keyHash), tooLate]);
    } finally {
      clearTimeout(timer);
    }
  }
}
