import { errorOf, fail, succeed, type ApiKey, type StructuredOutcome } from '@aos/contracts';
import { isDatabaseUnavailable } from '@aos/database';
import type { ApiKey as ApiKeyRow, GatewayDatabase } from '@aos/database/gateway';
import type { Logger } from '@aos/telemetry';
import type { ApiKeyStore, NewApiKey } from '../application/api-key-store.ts';
import type { KeyDirectory } from '../application/verify-credential.ts';
import type { Caller } from '../domain/caller.ts';

const RETRY_AFTER_MS = 1_000;

/** The table gateway.api_keys. */
export class ApiKeysRepository implements ApiKeyStore, KeyDirectory {
  constructor(
    private readonly database: GatewayDatabase,
    private readonly logger: Logger,
  ) {}

  find(keyHash: Buffer): Promise<StructuredOutcome<Caller | undefined>> {
    return this.reached(async () => {
      const row = await this.database.lookupByKeyHash(keyHash);
      if (row === null || row.revokedAt !== null) return undefined;
      return { keyId: row.keyId, homeTenantId: row.tenantId, isForAllTenants: false, level: row.level };
    });
  }

  insert(key: NewApiKey): Promise<StructuredOutcome<ApiKey>> {
    return this.reached(() =>
      this.database.transaction(key.tenantId, async (tx) => {
        await tx.tenant.createMany({
          data: [{ tenantId: key.tenantId, name: key.tenantId }],
          skipDuplicates: true,
        });
        const keyHash = Uint8Array.from(key.keyHash);
        return apiKeyOf(await tx.apiKey.create({ data: { ...key, keyHash } }));
      }),
    );
  }

  list(
    tenantId: string,
    { limit, before }: { limit: number; before: string | undefined },
  ): Promise<StructuredOutcome<ApiKey[]>> {
    return this.reached(() =>
      this.database.transaction(tenantId, async (tx) => {
        const rows = await tx.apiKey.findMany({
          where: before === undefined ? {} : { keyId: { lt: before } },
          orderBy: { keyId: 'desc' },
          take: limit,
        });
        return rows.map(apiKeyOf);
      }),
    );
  }

  get(tenantId: string, keyId: string): Promise<StructuredOutcome<ApiKey | undefined>> {
    return this.reached(() =>
      this.database.transaction(tenantId, async (tx) => {
        const row = await tx.apiKey.findUnique({ where: { keyId } });
        return row === null ? undefined : apiKeyOf(row);
      }),
    );
  }

  revoke(tenantId: string, keyId: string): Promise<StructuredOutcome<void>> {
    return this.reached(() =>
      this.database.transaction(tenantId, async (tx) => {
        await tx.apiKey.updateMany({ where: { keyId, revokedAt: null }, data: { revokedAt: new Date() } });
      }),
    );
  }

  /** A database that cannot be reached is a failure of this request, never an answer; all else is a bug. */
  private async reached<T>(query: () => Promise<T>): Promise<StructuredOutcome<T>> {
    try {
      return succeed(await query());
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      this.logger.error({ err: error }, 'the database of the keys did not answer');
      const facts = { retryAfterMs: RETRY_AFTER_MS };
      return fail(errorOf('unavailable', 'API keys cannot be read at the moment.', facts));
    }
  }
}

function apiKeyOf(row: ApiKeyRow): ApiKey {
  return {
    key_id: row.keyId,
    tenant_id: row.tenantId,
    name: row.name,
    level: row.level,
    created_at: row.createdAt.toISOString(),
    revoked_at: row.revokedAt?.toISOString() ?? null,
  };
}
