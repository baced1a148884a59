import { createHash } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { ArtifactStore } from '../../src/application/artifacts/artifact-store.ts';

/** A store and what is behind it. */
export interface StoreWorld {
  store: ArtifactStore;
  /** Another process's view of the same. */
  reopen: () => ArtifactStore;
  /** Replaces what is kept at `<tenant>/<aa>/<sha256>`. */
  overwrite: (place: string, content: Uint8Array) => Promise<void>;
  /** How many objects are kept for a tenant. */
  count: (tenantId: string) => Promise<number>;
  /** Makes it unreachable. */
  cut: () => Promise<void>;
  mend: () => Promise<void>;
}

const hashOf = (content: Uint8Array) => createHash('sha256').update(content).digest('hex');
const placeOf = (tenantId: string, sha256: string) => `${tenantId}/${sha256.slice(0, 2)}/${sha256}`;

const UNAVAILABLE = { ok: false, error: { code: 'artifact_unavailable', retryable: true } };

/** What holds of every artifact store. */
export function artifactStoreSuite(open: () => Promise<StoreWorld>): void {
  it.each([
    ['text', Buffer.from('hällo\r\n')],
    ['nothing', Buffer.alloc(0)],
    ['a megabyte of any bytes', Buffer.from(Array.from({ length: 1_000_003 }, (_, at) => (at * 31) % 256))],
  ])('gives back %s, also to another process', async (_what, content) => {
    const { store, reopen } = await open();
    const sha256 = hashOf(content);
    expect(await store.put('acme', content)).toEqual({ ok: true, value: { sha256, bytes: content.length } });
    for (const reader of [store, reopen()]) {
      const read = await reader.get('acme', sha256);
      expect(read.ok && Buffer.from(read.value).equals(content)).toBe(true);
    }
  });

  it('keeps the same content once, however often and by however many it is put', async () => {
    const { store, reopen, count } = await open();
    const content = Buffer.from('again');
    await store.put('acme', content);
    await Promise.all([store, reopen(), store, reopen()].map((each) => each.put('acme', content)));
    expect(await count('acme')).toBe(1);
    expect(await store.get('acme', hashOf(content))).toMatchObject({ ok: true });
  });

  it("gives nobody another tenant's content", async () => {
    const { store } = await open();
    const content = Buffer.from('of acme');
    await store.put('acme', content);
    expect(await store.get('other', hashOf(content))).toMatchObject(UNAVAILABLE);
  });

  it('says of content that it does not have', async () => {
    const { store } = await open();
    const sha256 = hashOf(Buffer.from('never put'));
    expect(await store.get('acme', sha256)).toMatchObject({
      error: { ...UNAVAILABLE.error, message: `the content ${sha256} is not in the artifact store` },
    });
  });

  it('hands out no damaged content', async () => {
    const { store, overwrite } = await open();
    const content = Buffer.from('as it was');
    const sha256 = hashOf(content);
    await store.put('acme', content);
    for (const damaged of ['as it Was', 'as it', '']) {
      await overwrite(placeOf('acme', sha256), Buffer.from(damaged));
      expect(await store.get('acme', sha256)).toMatchObject({
        error: { ...UNAVAILABLE.error, message: `the content ${sha256} is damaged` },
      });
    }
  });

  it('mends content that was cut short by keeping it again', async () => {
    const { store, overwrite } = await open();
    const content = Buffer.from('whole');
    await store.put('acme', content);
    await overwrite(placeOf('acme', hashOf(content)), Buffer.from('wh'));
    await store.put('acme', content);
    expect(await store.get('acme', hashOf(content))).toMatchObject({ ok: true });
  });

  it('says so, and hides why, when it cannot be reached, and is itself again after', async () => {
    const { store, cut, mend } = await open();
    const content = Buffer.from('through bad times');
    const sha256 = hashOf(content);
    await store.ping();
    await cut();
    await expect(store.ping()).rejects.toThrow();
    const [put, got] = [await store.put('acme', content), await store.get('acme', sha256)];
    expect(put).toMatchObject({
      error: { ...UNAVAILABLE.error, message: 'the artifact store could not be written' },
    });
    expect(got).toMatchObject(UNAVAILABLE);
    await mend();
    await store.ping();
    expect(await store.put('acme', content)).toMatchObject({ ok: true });
    expect(await store.get('acme', sha256)).toMatchObject({ ok: true });
  });
}
