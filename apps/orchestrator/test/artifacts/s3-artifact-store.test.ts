import {
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutBucketVersioningCommand,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { startS3IfAvailable } from '@aos/testing';
import { createLogger } from '@aos/telemetry';
import { afterAll, describe, expect, it } from '@jest/globals';
import { s3ArtifactStore } from '../../src/outbound/artifacts/s3-artifact-store.ts';
import { artifactStoreSuite, type StoreWorld } from './artifact-store.suite.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const s3 = await startS3IfAvailable();

afterAll(() => s3?.stop());

const BUCKET = 'artifacts';
const SETTINGS = {
  S3_ENDPOINT: s3?.endpoint,
  S3_REGION: 'us-east-1',
  S3_ACCESS_KEY_ID: 'any',
  S3_SECRET_ACCESS_KEY: 'secret',
};
const client = new S3Client({
  region: 'us-east-1',
  forcePathStyle: true,
  credentials: { accessKeyId: 'any', secretAccessKey: 'secret' },
  ...(s3 && { endpoint: s3.endpoint }),
});

/** The server keeps everything in memory, so each world begins with an empty one. */
async function open(): Promise<StoreWorld> {
  if (s3 === undefined) throw new Error('these tests are skipped without an S3 server');
  const restart = async () => {
    await s3.restart();
    await s3.createBucket(BUCKET);
  };
  await restart();
  return {
    store: s3ArtifactStore(BUCKET, SETTINGS, logger),
    reopen: () => s3ArtifactStore(BUCKET, SETTINGS, logger),
    overwrite: async (place, content) => {
      await client.send(new PutObjectCommand({ Bucket: BUCKET, Key: place, Body: content }));
    },
    count: async (tenantId) => {
      const list = new ListObjectsV2Command({ Bucket: BUCKET, Prefix: `${tenantId}/` });
      return (await client.send(list)).KeyCount ?? 0;
    },
    cut: () => s3.kill(),
    mend: restart,
  };
}

(s3 === undefined ? describe.skip : describe)('the S3 artifact store', () => {
  artifactStoreSuite(open);

  it('uploads nothing that is there already', async () => {
    const { store, overwrite } = await open();
    const VersioningConfiguration = { Status: 'Enabled' } as const;
    await client.send(new PutBucketVersioningCommand({ Bucket: BUCKET, VersioningConfiguration }));
    const content = Buffer.from('once');
    const put = await store.put('acme', content);
    const sha256 = put.ok ? put.value.sha256 : '';
    const uploads = async () => {
      const list = new ListObjectVersionsCommand({ Bucket: BUCKET, Prefix: `acme/${sha256.slice(0, 2)}/` });
      return (await client.send(list)).Versions?.length;
    };
    expect(await uploads()).toBe(1);
    await store.put('acme', content);
    expect(await uploads()).toBe(1);
    await overwrite(`acme/${sha256.slice(0, 2)}/${sha256}`, content);
    expect(await uploads()).toBe(2);
  });

  it('does not work without its bucket', async () => {
    await open();
    await expect(s3ArtifactStore('missing', SETTINGS, logger).ping()).rejects.toThrow();
  });
});
