import { access, constants, mkdir, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { succeed } from '@aos/contracts';
import type { Logger } from '@aos/telemetry';
import type { ArtifactStore } from '../../application/artifacts/artifact-store.ts';
import { addressOf, placeOf, unavailable, verified } from './content-address.ts';
import { replaceFile } from './replace-file.ts';

/** Artifacts as files below a folder. Processes on several machines must share it. */
export function localArtifactStore(root: string, logger: Logger): ArtifactStore {
  return {
    put: async (tenantId, content) => {
      const address = addressOf(content);
      try {
        // Written again where it was: that mends damage.
        const file = join(root, placeOf(tenantId, address.sha256));
        await replaceFile(file, (path) => writeDurably(path, content));
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

async function writeDurably(file: string, content: Uint8Array): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}
