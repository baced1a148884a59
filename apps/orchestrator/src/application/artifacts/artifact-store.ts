import type { StructuredOutcome } from '@aos/contracts';

/**
 * Keeps content by its hash, each tenant's apart from the others'. One suite (test/artifacts/artifact-store.suite.ts) holds
 * every implementation to the same guarantees. What cannot be had is `artifact_unavailable`.
 */
export interface ArtifactStore {
  /** Resolves when the content is durable; keeping the same again changes nothing. */
  put(tenantId: string, content: Uint8Array): Promise<StructuredOutcome<StoredContent>>;
  /** Content that has not the hash it is kept under is a failure, too. */
  get(tenantId: string, sha256: string): Promise<StructuredOutcome<Uint8Array>>;
  /** Rejects when nothing could be kept. */
  ping(): Promise<void>;
}

export interface StoredContent {
  /** In hex. */
  sha256: string;
  bytes: number;
}
