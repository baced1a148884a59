import { randomUUID } from 'node:crypto';
import { access, constants, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { succeed } from '@aos/contracts';
import type { Logger } from '@aos/telemetry';
import type { ArtifactStore } from '../../application/artifacts/artifact-store.ts';
import { addressOf, placeOf, unavailable, verified } from './content-address.ts';

/** Artifacts as files below a folder. Processes on several machines must share it. */
export function localArtifactStore(root: string, logger: Logger): ArtifactStore {
  return {
    put: async (tenantId, content) => {
      const address = addressOf(content);
      try {
        await writeWhole(join(root, placeOf(tenantId, address.sha256)), content);
        return succeed(address);
      } catch (err) {
        logger.error({ err, tenant_id: tenantId }, 'an artifact could not be written');
        return unavailable('the artifact store could not be written');
      }
    },
    get: async (tenantId, sha256) => {
      try {
        return verified(await readFile(join(root, placeOf(tenantId, sha256))), sha256);
      } catch (err) {
        logger.error({ err, tenant_id: tenantId }, 'an artifact could not be read');
        return unavailable(`the content ${sha256} is not in the artifact store`);
      }
    },
    ping: async () => {
      await mkdir(root, { recursive: true });
      await access(root, constants.W_OK);
    },
  };
}

/** Under its name stands the whole content or nothing, also after a crash. It is written again where it was: that mends damage. */
async function writeWhole(file: string, content: Uint8Array): Promise<void> {
  const folder = dirname(file);
  const unfinished = `${file}.${randomUUID()}.unfinished`;
  await mkdir(folder, { recursive: true });
  try {
    await writeDurably(unfinished, content);
    await rename(unfinished, file);
    await sync(folder);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

async function writeDurably(file: string, content: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Makes a rename in the folder durable. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
