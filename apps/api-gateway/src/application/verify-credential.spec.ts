import { errorOf, fail, succeed } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import type { Caller } from '../domain/caller.ts';
import { hashOf, newApiKey } from './credential.ts';
import { VerifyCredential, type KeyDirectory } from './verify-credential.ts';

const BOOTSTRAP = 'bootstrap-key-of-this-test';
const KEY = newApiKey();
const ACME: Caller = { keyId: 'k1', homeTenantId: 'acme', isForAllTenants: false, level: 2 };

const DIRECTORY: KeyDirectory = {
  find: async (hash) => succeed(hash.equals(hashOf(KEY)) ? ACME : undefined),
};
const DOWN: KeyDirectory = { find: async () => fail(errorOf('unavailable', 'down')) };

describe('a credential', () => {
  it('that is the bootstrap key is an owner of every tenant, at home in default', async () => {
    const verify = new VerifyCredential(DOWN, BOOTSTRAP);
    expect(await verify.run(BOOTSTRAP, undefined)).toMatchObject({
      value: { tenant_id: 'default', level: 5, is_for_all_tenants: true },
    });
    expect(await verify.run(BOOTSTRAP, 'acme')).toMatchObject({ value: { tenant_id: 'acme' } });
  });

  it('that is a key acts for its own tenant only', async () => {
    const verify = new VerifyCredential(DIRECTORY, BOOTSTRAP);
    expect(await verify.run(KEY, undefined)).toEqual({
      ok: true,
      value: { tenant_id: 'acme', key_id: 'k1', actor: 'key:k1', level: 2 },
    });
    expect(await verify.run(KEY, 'globex')).toMatchObject({ error: { code: 'tenant_forbidden' } });
  });

  it.each([newApiKey(), 'nonsense', `${BOOTSTRAP}x`, `${KEY}x`])(
    '%s that nobody has is refused',
    async (wrong) => {
      const verify = new VerifyCredential(DIRECTORY, BOOTSTRAP);
      expect(await verify.run(wrong, undefined)).toMatchObject({ error: { code: 'unauthenticated' } });
    },
  );

  it('is refused as bootstrap key where none is configured', async () => {
    const verify = new VerifyCredential(DIRECTORY, undefined);
    expect(await verify.run('', undefined)).toMatchObject({ error: { code: 'unauthenticated' } });
  });

  it('that cannot be checked is unavailable, never allowed', async () => {
    const verify = new VerifyCredential(DOWN, BOOTSTRAP);
    expect(await verify.run(KEY, undefined)).toMatchObject({ error: { code: 'unavailable' } });
  });
});

describe('a new API key', () => {
  it('is aos_ and 32 random bytes', () => {
    expect(KEY).toMatch(/^aos_[A-Za-z0-9_-]{43}$/);
    expect(newApiKey()).not.toBe(KEY);
  });
});
