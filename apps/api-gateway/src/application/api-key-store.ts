import type { ApiKey, StructuredOutcome } from '@aos/contracts';

export interface NewApiKey {
  keyId: string;
  tenantId: string;
  name: string;
  level: number;
  /** SHA-256 of the key; the key itself is kept nowhere. */
  keyHash: Buffer;
  lastFour: string;
}

/** The API keys of a tenant; each call fails with `unavailable` when the store does not answer. */
export interface ApiKeyStore {
  insert(key: NewApiKey): Promise<StructuredOutcome<ApiKey>>;
  /** Newest first, at most `limit`, those made before the key `before`. */
  list(
    tenantId: string,
    page: { limit: number; before: string | undefined },
  ): Promise<StructuredOutcome<ApiKey[]>>;
  get(tenantId: string, keyId: string): Promise<StructuredOutcome<ApiKey | undefined>>;
  /** Revoking twice keeps the first time. */
  revoke(tenantId: string, keyId: string): Promise<StructuredOutcome<void>>;
}
