import { errorOf, fail, succeed, type StructuredOutcome } from '@aos/contracts';
import { describe, expect, it, jest } from '@jest/globals';
import type { Caller } from '../domain/caller.ts';
import { CachedKeys } from './cached-keys.ts';

const HASH = Buffer.alloc(32, 1);
const ACME: Caller = { keyId: 'k1', homeTenantId: 'acme', isForAllTenants: false, level: 2 };

function directory(answer: () => Promise<StructuredOutcome<Caller | undefined>>) {
  return { find: jest.fn(answer) };
}

describe('remembered keys', () => {
  it('are looked up once', async () => {
    const source = directory(async () => succeed(ACME));
    const keys = new CachedKeys(source, 1_000);
    await keys.find(HASH);
    expect(await keys.find(HASH)).toEqual(succeed(ACME));
    expect(source.find).toHaveBeenCalledTimes(1);
  });

  it('are not those that are unknown, nor failures', async () => {
    const answers = [fail(errorOf('unavailable', 'down')), succeed(undefined), succeed(ACME)];
    const source = directory(async () => answers.shift() ?? succeed(undefined));
    const keys = new CachedKeys(source, 1_000);
    expect(await keys.find(HASH)).toMatchObject({ ok: false });
    expect(await keys.find(HASH)).toEqual(succeed(undefined));
    expect(await keys.find(HASH)).toEqual(succeed(ACME));
  });

  it('are forgotten when revoked', async () => {
    const answers = [succeed(ACME), succeed(undefined)];
    const keys = new CachedKeys(
      directory(async () => answers.shift() ?? succeed(undefined)),
      1_000,
    );
    await keys.find(HASH);
    keys.forget('another');
    expect(await keys.find(HASH)).toEqual(succeed(ACME));
    keys.forget('k1');
    expect(await keys.find(HASH)).toEqual(succeed(undefined));
  });

  it('are all looked up again when it is not known what was revoked', async () => {
    const source = directory(async () => succeed(ACME));
    const keys = new CachedKeys(source, 1_000);
    await keys.find(HASH);
    keys.forgetAll();
    await keys.find(HASH);
    expect(source.find).toHaveBeenCalledTimes(2);
  });

  it('are not brought back by a look-up that was under way when the key was revoked', async () => {
    const read = Promise.withResolvers<StructuredOutcome<Caller | undefined>>();
    const source = directory(() => read.promise);
    const keys = new CachedKeys(source, 1_000);
    const underWay = keys.find(HASH);
    keys.forget('k1');
    read.resolve(succeed(ACME));
    await underWay;
    await keys.find(HASH);
    expect(source.find).toHaveBeenCalledTimes(2);
  });

  it('are looked up once for all requests that wait for them', async () => {
    const read = Promise.withResolvers<StructuredOutcome<Caller | undefined>>();
    const source = directory(() => read.promise);
    const keys = new CachedKeys(source, 1_000);
    const waiting = [keys.find(HASH), keys.find(HASH), keys.find(Buffer.alloc(32, 2))];
    read.resolve(succeed(ACME));
    expect(await Promise.all(waiting)).toEqual([succeed(ACME), succeed(ACME), succeed(ACME)]);
    expect(source.find).toHaveBeenCalledTimes(2);
  });

  it('are looked up anew for who comes after a revocation, though a look-up is under way', async () => {
    const answers = [Promise.withResolvers<StructuredOutcome<Caller | undefined>>().promise];
    const source = directory(() => answers.shift() ?? Promise.resolve(succeed(undefined)));
    const keys = new CachedKeys(source, 5);
    const before = keys.find(HASH);
    keys.forget('k1');
    expect(await keys.find(HASH)).toEqual(succeed(undefined));
    expect(await before).toMatchObject({ error: { code: 'unavailable' } });
  });

  it('that are not found in time are unavailable', async () => {
    const never = Promise.withResolvers<StructuredOutcome<Caller | undefined>>();
    const keys = new CachedKeys(
      directory(() => never.promise),
      5,
    );
    expect(await keys.find(HASH)).toMatchObject({ error: { code: 'unavailable' } });
  });
});
