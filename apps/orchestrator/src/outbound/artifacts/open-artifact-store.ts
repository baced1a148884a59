import type { OrchestratorConfig } from '@aos/contracts';
import type { HealthProbe } from '@aos/service-kit';
import type { Logger } from '@aos/telemetry';
import type { ArtifactStore } from '../../application/artifacts/artifact-store.ts';
import { localArtifactStore } from './local-artifact-store.ts';
import type { S3Settings } from './s3-client.ts';

export type ArtifactConfig = Pick<OrchestratorConfig, 'ARTIFACT_STORE' | 'ARTIFACT_PATH' | 'S3_BUCKET'> &
  S3Settings;

/** The store the configuration asks for; unset, which production does not allow, it is a folder. */
export async function openArtifactStore(config: ArtifactConfig, logger: Logger): Promise<ArtifactStore> {
  const { ARTIFACT_STORE, ARTIFACT_PATH, S3_BUCKET } = config;
  if (ARTIFACT_STORE === 's3' && S3_BUCKET !== undefined) {
    // Its client takes tens of megabytes, which those who do without it need not pay.
    const { s3ArtifactStore } = await import('./s3-artifact-store.ts');
    return s3ArtifactStore(S3_BUCKET, config, logger);
  }
  if (ARTIFACT_STORE === undefined) {
    logger.warn({ path: ARTIFACT_PATH }, 'ARTIFACT_STORE IS NOT SET: files of runs are kept in this folder');
  }
  return localArtifactStore(ARTIFACT_PATH, logger);
}

/** Without it runs go on whose outputs are small. */
export function artifactProbe(store: ArtifactStore, { ARTIFACT_STORE }: ArtifactConfig): HealthProbe {
  return {
    name: 'r2',
    critical: false,
    check: async () => {
      await store.ping();
      if (ARTIFACT_STORE !== undefined) return undefined;
      return { status: 'degraded', detail: 'ARTIFACT_STORE is not set: a local folder is used' };
    },
  };
}
