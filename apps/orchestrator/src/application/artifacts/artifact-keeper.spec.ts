import { ARTIFACT_BYTES_MAX, errorOf, fail, succeed } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import { ArtifactKeeper } from './artifact-keeper.ts';
import type { ArtifactStore } from './artifact-store.ts';

/** A store that calls every content by its text, and counts what it is asked. */
function storeOf(contents = new Map<string, Uint8Array>()) {
  const asked: string[] = [];
  const store: ArtifactStore = {
    put: async (tenantId, content) => {
      const sha256 = Buffer.from(content.subarray(0, 20)).toString('utf8');
      contents.set(`${tenantId}/${sha256}`, content);
      return succeed({ sha256, bytes: content.byteLength });
    },
    get: async (tenantId, sha256) => {
      asked.push(`${tenantId}/${sha256}`);
      const content = contents.get(`${tenantId}/${sha256}`);
      return content === undefined ? fail(errorOf('artifact_unavailable', 'away')) : succeed(content);
    },
    ping: async () => undefined,
  };
  return { store, contents, asked };
}

const fileOf = (text: string) => ({ name: 'f', mediaType: 'text/plain', content: Buffer.from(text) });

describe('the keeper of artifacts', () => {
  it('tells where a file is, and has at hand what it kept', async () => {
    const { store, asked } = storeOf();
    const keeper = new ArtifactKeeper(store);
    const kept = await keeper.keep('acme', fileOf('hello'));
    expect(kept).toEqual({
      ok: true,
      value: { name: 'f', sha256: 'hello', bytes: 5, media_type: 'text/plain' },
    });
    if (!kept.ok) throw new Error('not kept');
    expect(await keeper.read('acme', kept.value)).toEqual(succeed(Buffer.from('hello')));
    expect(asked).toEqual([]);
  });

  it('asks the store once for what another process kept, and each tenant for its own', async () => {
    const { store, asked, contents } = storeOf();
    contents.set('acme/x', Buffer.from('x'));
    const keeper = new ArtifactKeeper(store);
    const ref = { name: 'f', sha256: 'x', bytes: 1, media_type: 'text/plain' };
    expect(await keeper.read('acme', ref)).toMatchObject({ ok: true });
    expect(await keeper.read('acme', ref)).toMatchObject({ ok: true });
    expect(await keeper.read('other', ref)).toMatchObject({ error: { code: 'artifact_unavailable' } });
    contents.set('other/x', Buffer.from('x'));
    expect(await keeper.read('other', ref)).toMatchObject({ ok: true });
    expect(asked).toEqual(['acme/x', 'other/x', 'other/x']);
  });

  it('forgets what was used longest ago, so that memory stays bounded', async () => {
    const { store, asked } = storeOf();
    const keeper = new ArtifactKeeper(store);
    const megabytes = Array.from({ length: 40 }, (_, at) => fileOf(`${at} `.padEnd(1024 * 1024)));
    const refs = await Promise.all(megabytes.map((file) => keeper.keep('acme', file)));
    for (const ref of [refs.at(-1), refs[0]]) {
      if (ref?.ok !== true) throw new Error('not kept');
      await keeper.read('acme', ref.value);
    }
    expect(asked).toHaveLength(1);
  });

  it('refuses a file over the limit', async () => {
    const keeper = new ArtifactKeeper(storeOf().store);
    const content = Buffer.alloc(ARTIFACT_BYTES_MAX + 1);
    expect(await keeper.keep('acme', { ...fileOf(''), content })).toMatchObject({
      error: { code: 'payload_limit', message: expect.stringContaining(String(ARTIFACT_BYTES_MAX)) },
    });
  });
});
