import { GetObjectCommand, HeadBucketCommand, HeadObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { succeed } from '@aos/contracts';
import type { Logger } from '@aos/telemetry';
import type { ArtifactStore } from '../../application/artifacts/artifact-store.ts';
import { addressOf, placeOf, unavailable, verified } from './content-address.ts';
import { isNamed, s3Client, type S3Settings } from './s3-client.ts';

/** Of one request with the client's own repeats. */
const REQUEST_MS_MAX = 20_000;

const bounded = () => ({ abortSignal: AbortSignal.timeout(REQUEST_MS_MAX) });

/** Artifacts as objects of a bucket, on AWS or on a server of the same protocol. */
export function s3ArtifactStore(bucket: string, settings: S3Settings, logger: Logger): ArtifactStore {
  const client = s3Client(settings);
  const isKept = async (Key: string, bytes: number): Promise<boolean> => {
    try {
      const head = await client.send(new HeadObjectCommand({ Bucket: bucket, Key }), bounded());
      return head.ContentLength === bytes;
    } catch (error) {
      if (isNamed(error, 'NotFound')) return false;
      throw error;
    }
  };
  return {
    put: async (tenantId, content) => {
      const address = addressOf(content);
      const Key = placeOf(tenantId, address.sha256);
      const ChecksumSHA256 = Buffer.from(address.sha256, 'hex').toString('base64');
      try {
        if (await isKept(Key, address.bytes)) return succeed(address);
        const object = { Bucket: bucket, Key, Body: content, ChecksumSHA256 };
        await client.send(new PutObjectCommand(object), bounded());
        return succeed(address);
      } catch (err) {
        logger.error({ err, tenant_id: tenantId }, 'an artifact could not be written');
        return unavailable('the artifact store could not be written');
      }
    },
    get: async (tenantId, sha256) => {
      try {
        const object = { Bucket: bucket, Key: placeOf(tenantId, sha256) };
        const { Body } = await client.send(new GetObjectCommand(object), bounded());
        return verified((await Body?.transformToByteArray()) ?? new Uint8Array(), sha256);
      } catch (err) {
        logger.error({ err, tenant_id: tenantId }, 'an artifact could not be read');
        return unavailable(
          isNamed(err, 'NoSuchKey')
            ? `the content ${sha256} is not in the artifact store`
            : 'the artifact store could not be read',
        );
      }
    },
    ping: async () => {
      await client.send(new HeadBucketCommand({ Bucket: bucket }), bounded());
    },
  };
}
