import type { ArchiveStore } from '../../application/archive/archive-store.ts';
import type { ArtifactConfig } from '../artifacts/open-artifact-store.ts';
import { localArchiveStore } from './local-archive-store.ts';

/** Archives lie where artifacts do. */
export async function openArchiveStore(config: ArtifactConfig): Promise<ArchiveStore> {
  if (config.ARTIFACT_STORE === 's3' && config.S3_BUCKET !== undefined) {
    const { s3ArchiveStore } = await import('./s3-archive-store.ts');
    return s3ArchiveStore(config.S3_BUCKET, config);
  }
  return localArchiveStore(config.ARTIFACT_PATH);
}
