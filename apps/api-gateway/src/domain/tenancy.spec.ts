import { describe, expect, it } from '@jest/globals';
import { BOOTSTRAP_CALLER, type Caller } from './caller.ts';
import { askedTenant, grantedTenant } from './tenancy.ts';

const ACME: Caller = { keyId: 'k', homeTenantId: 'acme', isForAllTenants: false, level: 5 };

describe('the tenant a request asks for', () => {
  it('may be left out where tenancy is not enforced', () => {
    expect(askedTenant(undefined, false)).toEqual({ ok: true, value: undefined });
  });

  it('must be named where tenancy is enforced', () => {
    expect(askedTenant(undefined, true)).toMatchObject({ ok: false, error: { code: 'tenant_required' } });
  });

  it.each(['', 'Acme', 'a.b', 'a>', 'a*', 'x'.repeat(64), 'ä'])(
    'is refused by the header name when it is %j',
    (text) => {
      expect(askedTenant(text, false)).toMatchObject({
        error: { code: 'invalid_request', details: { issues: [{ field: 'X-Tenant-Id' }] } },
      });
    },
  );
});

describe('the tenant a caller acts for', () => {
  it('is its own when it asks for none', () => {
    expect(grantedTenant(ACME, undefined)).toEqual({ ok: true, value: 'acme' });
    expect(grantedTenant(BOOTSTRAP_CALLER, undefined)).toEqual({ ok: true, value: 'default' });
  });

  it('is any for a caller of all tenants', () => {
    expect(grantedTenant(BOOTSTRAP_CALLER, 'globex')).toEqual({ ok: true, value: 'globex' });
  });

  it('is never another one for a caller of one tenant, whatever its level', () => {
    expect(grantedTenant(ACME, 'acme')).toEqual({ ok: true, value: 'acme' });
    expect(grantedTenant(ACME, 'globex')).toMatchObject({ ok: false, error: { code: 'tenant_forbidden' } });
  });
});
