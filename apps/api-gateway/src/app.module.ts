import { apiKeyCreateInput, authVerify, type ApiGatewayConfig } from '@aos/contracts';
import { ServiceKitModule } from '@aos/service-kit';
import type { Logger } from '@aos/telemetry';
import { Module, type DynamicModule } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CreateApiKey } from './application/create-api-key.ts';
import { LimitRate, type TokenBuckets } from './application/limit-rate.ts';
import { ListApiKeys, listApiKeysInput } from './application/list-api-keys.ts';
import { RevokeApiKey, revokeApiKeyInput } from './application/revoke-api-key.ts';
import { VerifyCredential } from './application/verify-credential.ts';
import { ratePolicies } from './domain/rate-policies.ts';
import { answerWith, type OwnAnswers } from './inbound/answer-table.ts';
import { ApiController } from './inbound/api.controller.ts';
import { authVerifyHandler } from './inbound/auth-verify.handler.ts';
import { DocsController } from './inbound/docs.controller.ts';
import type { FastifyHost } from './inbound/fastify-host.ts';
import type { Gate } from './inbound/pipeline.ts';
import { forgetRevokedKeys } from './inbound/revoked-keys.subscriber.ts';
import { ApiKeysRepository } from './outbound/api-keys.repository.ts';
import { CachedKeys } from './outbound/cached-keys.ts';
import { Connections } from './outbound/connections.ts';
import { KeyEventsPublisher } from './outbound/key-events.publisher.ts';
import { MemoryBuckets } from './outbound/memory-buckets.ts';
import { RedisBuckets } from './outbound/redis-buckets.ts';

/**
 * The gateway. Routes with a command go to its owner; the rest, and `gateway.auth.verify.v1`, are answered here.
 * The order in which a request is judged is in inbound/pipeline.ts.
 */
@Module({})
export class AppModule {
  static async connect(config: ApiGatewayConfig, logger: Logger): Promise<DynamicModule> {
    const connections = await Connections.open(config, logger);
    const { messaging, database } = connections;
    const keys = new ApiKeysRepository(database, logger);
    const knownKeys = new CachedKeys(keys, authVerify.timeoutMs);
    forgetRevokedKeys(messaging, knownKeys, logger);
    const verifyCredential = new VerifyCredential(knownKeys, config.AOS_API_KEY);
    const gate: Gate = {
      isTenancyEnforced: config.ENFORCE_TENANCY,
      isRbacEnabled: config.RBAC_ENABLED,
      verifyCredential,
      limitRate: limitRateOf(config, bucketsOf(connections, logger)),
    };
    messaging.answerAnonymous(authVerify, authVerifyHandler(verifyCredential, config.ENFORCE_TENANCY));
    const own = ownAnswers(keys, knownKeys, new KeyEventsPublisher(messaging, logger));
    const probes = connections.probes(!config.RATE_LIMIT_FAIL_OPEN);
    return {
      module: AppModule,
      imports: [ServiceKitModule.forRoot({ name: 'api-gateway', config, logger, probes })],
      providers: [
        { provide: Connections, useValue: connections },
        {
          provide: ApiController,
          inject: [HttpAdapterHost],
          useFactory: (host: FastifyHost) => new ApiController(host, { messaging, own, gate }),
        },
        {
          provide: DocsController,
          inject: [HttpAdapterHost],
          useFactory: (host: FastifyHost) => new DocsController(host),
        },
      ],
    };
  }
}

/** What the gateway answers itself: contract by contract, the use case. */
function ownAnswers(keys: ApiKeysRepository, knownKeys: CachedKeys, events: KeyEventsPublisher): OwnAnswers {
  const createApiKey = new CreateApiKey(keys);
  const listApiKeys = new ListApiKeys(keys);
  const revokeApiKey = new RevokeApiKey(keys, knownKeys, events);
  return {
    'POST /admin/api-keys': answerWith(apiKeyCreateInput, (context, input) =>
      createApiKey.run(context, input),
    ),
    'GET /admin/api-keys': answerWith(listApiKeysInput, (context, input) => listApiKeys.run(context, input)),
    'DELETE /admin/api-keys/:key_id': answerWith(revokeApiKeyInput, (context, input) =>
      revokeApiKey.run(context, input),
    ),
  };
}

function limitRateOf(config: ApiGatewayConfig, buckets: TokenBuckets): LimitRate {
  const policies = ratePolicies(config.RATE_LIMIT_GOALS_RPM, config.RATE_LIMIT_DEFAULT_RPM);
  return new LimitRate(buckets, policies, {
    isEnabled: config.RATE_LIMIT_ENABLED,
    isFailOpen: config.RATE_LIMIT_FAIL_OPEN,
  });
}

/** In production the configuration does not get here without REDIS_URL. */
function bucketsOf({ redis }: Connections, logger: Logger): TokenBuckets {
  if (redis !== undefined) return new RedisBuckets(redis, logger);
  logger.warn('REDIS_URL is not set: rate limits are counted in memory, by each process for itself');
  return new MemoryBuckets();
}
