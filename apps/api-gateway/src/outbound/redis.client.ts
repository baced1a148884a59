import { Redis, type Result } from 'ioredis';
import { TAKE_TOKEN_LUA } from './token-bucket.lua.ts';

/** No request waits longer than this for Redis. */
const COMMAND_TIMEOUT_MS = 100;
/** A connection that is silent this long while a reply is due is given up and made anew. */
const SOCKET_TIMEOUT_MS = 1_000;
const RECONNECT_MS_MAX = 500;

/** What the gateway asks of Redis. */
export interface RedisClient {
  takeToken(key: string, limit: number, windowMs: number): Promise<[taken: number, tokens: string]>;
  ping(): Promise<void>;
  close(): void;
}

declare module 'ioredis' {
  interface RedisCommander<Context> {
    aosTakeToken(key: string, limit: number, windowMs: number): Result<[number, string], Context>;
  }
}

/** Reconnects forever; while disconnected every call fails at once instead of queueing. */
export function openRedis(url: string): RedisClient {
  const redis = new Redis(url, {
    connectionName: 'aos-gateway',
    commandTimeout: COMMAND_TIMEOUT_MS,
    socketTimeout: SOCKET_TIMEOUT_MS,
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    retryStrategy: (attempt) => Math.min(attempt * 50, RECONNECT_MS_MAX),
    scripts: { aosTakeToken: { lua: TAKE_TOKEN_LUA, numberOfKeys: 1 } },
  });
  // Failing calls are reported where they are made; unhandled, this event would end the process.
  redis.on('error', () => undefined);
  return {
    takeToken: (key, limit, windowMs) => redis.aosTakeToken(key, limit, windowMs),
    ping: async () => {
      await redis.ping();
    },
    close: () => redis.disconnect(),
  };
}
