import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient, type ApiKey, type Prisma } from './generated/gateway/client.ts';
import { createPool, type Pool } from './pool.ts';
import {
  TRANSACTION_LIMITS,
  tenantDatabase,
  type DatabaseOptions,
  type TenantDatabase,
} from './tenant-database.ts';

export { Prisma } from './generated/gateway/client.ts';
export type { ApiKey, Tenant } from './generated/gateway/client.ts';
export type GatewayTransaction = Prisma.TransactionClient;

export interface GatewayDatabase extends TenantDatabase<GatewayTransaction> {
  /** The key with this SHA-256 (32 bytes), revoked or not, of whichever tenant; no other row can be seen on the way. */
  lookupByKeyHash(keyHash: Uint8Array): Promise<ApiKey | null>;
}

/** The tables of the gateway: login aos_app. */
export function openGatewayDatabase({ url, logger, max = 10 }: DatabaseOptions): GatewayDatabase {
  return gatewayDatabase(createPool({ url, applicationName: 'aos-gateway', max, logger }));
}

/** The same on a pool, which it closes. */
export function gatewayDatabase(pool: Pool): GatewayDatabase {
  const prisma = new PrismaClient({ adapter: new PrismaPg(pool), transactionOptions: TRANSACTION_LIMITS });
  return {
    ...tenantDatabase<GatewayTransaction>(prisma, pool),
    lookupByKeyHash: async (keyHash) => {
      const hex = Buffer.from(keyHash).toString('hex');
      const [, key] = await prisma.$transaction([
        prisma.$executeRaw`select set_config('app.key_hash', ${hex}, true)`,
        prisma.apiKey.findUnique({ where: { keyHash: Uint8Array.from(keyHash) } }),
      ]);
      return key;
    },
  };
}
