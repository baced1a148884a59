import { HTTP_ROUTES } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import { idempotencyKeyStage } from './idempotency-key.stage.ts';
import { levelStage } from './level.stage.ts';
import { rateLimitHeaders } from './rate-limit.stage.ts';

describe('the level stage', () => {
  it.each(HTTP_ROUTES.map((route) => [`${route.method} ${route.path}`, route] as const))(
    'lets the level of the route pass and none below: %s',
    (_name, route) => {
      expect(levelStage(route.level, route, true)).toMatchObject({ ok: true });
      expect(levelStage(route.level - 1, route, true)).toMatchObject({
        error: { code: 'authorization_denied', details: { required_level: route.level } },
      });
      expect(levelStage(0, route, false)).toMatchObject({ ok: true });
    },
  );
});

describe('the Idempotency-Key header', () => {
  it('is optional', () => {
    expect(idempotencyKeyStage({})).toEqual({ ok: true, value: undefined });
    expect(idempotencyKeyStage({ 'idempotency-key': 'k-1' })).toEqual({ ok: true, value: 'k-1' });
  });

  it.each(['', 'ü', 'k'.repeat(201)])('is refused by name when it is %j', (key) => {
    expect(idempotencyKeyStage({ 'idempotency-key': key })).toMatchObject({
      error: { code: 'invalid_request', details: { issues: [{ field: 'Idempotency-Key' }] } },
    });
  });
});

describe('the RateLimit headers', () => {
  it('are structured fields with whole seconds, rounded up', () => {
    const policy = { name: 'goals', limit: 100, windowMs: 60_000 };
    expect(rateLimitHeaders({ isAllowed: true, policy, remaining: 7, resetMs: 1_001 })).toEqual({
      ratelimit: '"goals";r=7;t=2',
      'ratelimit-policy': '"goals";q=100;w=60',
    });
  });
});
