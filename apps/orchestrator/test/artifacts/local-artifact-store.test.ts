import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@aos/telemetry';
import { afterEach, describe, expect, it } from '@jest/globals';
import { localArtifactStore } from '../../src/outbound/artifacts/local-artifact-store.ts';
import { artifactStoreSuite, type StoreWorld } from './artifact-store.suite.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'aos-artifacts-'));
  folders.push(folder);
  return folder;
}

const filesIn = (folder: string) =>
  existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile())
    : [];

async function open(): Promise<StoreWorld> {
  const root = join(openFolder(), 'artifacts');
  return {
    store: localArtifactStore(root, logger),
    reopen: () => localArtifactStore(root, logger),
    overwrite: (place, content) => writeFile(join(root, place), content),
    count: async (tenantId) => filesIn(join(root, tenantId)).length,
    // Whoever runs this may be root, whom no file mode stops.
    cut: async () => {
      await rename(root, `${root}.away`);
      await writeFile(root, 'in the way');
    },
    mend: async () => {
      await rm(root);
      await rename(`${root}.away`, root);
    },
  };
}

describe('the local artifact store', () => {
  artifactStoreSuite(open);

  it('leaves nothing of a write that failed', async () => {
    const root = openFolder();
    const store = localArtifactStore(root, logger);
    const content = Buffer.from('x');
    const put = await store.put('acme', content);
    if (!put.ok) throw new Error('not kept');
    const { sha256 } = put.value;
    const file = join(root, 'acme', sha256.slice(0, 2), sha256);
    rmSync(file);
    // A folder that holds something cannot be replaced by a file.
    await store.put(`acme/${sha256.slice(0, 2)}/${sha256}`, content);
    writeFileSync(join(root, 'mark'), '');
    const before = filesIn(root).length;
    expect(await store.put('acme', content)).toMatchObject({ ok: false });
    expect(filesIn(root)).toHaveLength(before);
  });
});
