import {
  ARTIFACT_BYTES_MAX,
  errorOf,
  fail,
  succeed,
  type ArtifactRef,
  type StructuredOutcome,
} from '@aos/contracts';
import { LRUCache } from 'lru-cache';
import type { KeptFile } from '../../domain/skill/skill.ts';
import type { ArtifactStore } from './artifact-store.ts';

/** What was used last is at hand without asking the store. */
const AT_HAND_BYTES_MAX = 32 * 1024 * 1024;

/** Keeps the files of runs, and finds them again by what the journal says of them. */
export class ArtifactKeeper {
  readonly #store: ArtifactStore;
  readonly #atHand = new LRUCache<string, Uint8Array>({
    maxSize: AT_HAND_BYTES_MAX,
    sizeCalculation: ({ byteLength }) => Math.max(1, byteLength),
  });

  constructor(store: ArtifactStore) {
    this.#store = store;
  }

  /** The reference that makes it a file of a run, once the journal has it. */
  async keep(tenantId: string, file: KeptFile): Promise<StructuredOutcome<ArtifactRef>> {
    const { name, mediaType, content } = file;
    if (content.byteLength > ARTIFACT_BYTES_MAX) {
      const message = `${name} is ${content.byteLength} bytes, the limit is ${ARTIFACT_BYTES_MAX}`;
      return fail(errorOf('payload_limit', message));
    }
    const stored = await this.#store.put(tenantId, content);
    if (!stored.ok) return stored;
    const { sha256, bytes } = stored.value;
    this.#atHand.set(keyOf(tenantId, sha256), content);
    return succeed({ name, sha256, bytes, media_type: mediaType });
  }

  async read(tenantId: string, { sha256 }: ArtifactRef): Promise<StructuredOutcome<Uint8Array>> {
    const key = keyOf(tenantId, sha256);
    const known = this.#atHand.get(key);
    if (known !== undefined) return succeed(known);
    const read = await this.#store.get(tenantId, sha256);
    if (read.ok) this.#atHand.set(key, read.value);
    return read;
  }
}

const keyOf = (tenantId: string, sha256: string): string => `${tenantId}/${sha256}`;
