import { Readable } from 'node:stream';
import { GetObjectCommand, PutObjectCommand } from '@aws-sdk/client-s3';
import { ArchiveUnavailableError, type ArchiveStore } from '../../application/archive/archive-store.ts';
import { isNamed, s3Client, type S3Settings } from '../artifacts/s3-client.ts';

/** Of one archive, up or down. */
const TRANSFER_MS_MAX = 15 * 60_000;
const REQUEST_MS_MAX = 20_000;

const transfer = (signal: AbortSignal) => ({
  abortSignal: AbortSignal.any([signal, AbortSignal.timeout(TRANSFER_MS_MAX)]),
});

/** Archives as objects of the bucket of the artifacts, each sent in one request: that ends at 5 GB of compressed events a day. */
export function s3ArchiveStore(bucket: string, settings: S3Settings): ArchiveStore {
  const client = s3Client(settings);
  return {
    write: async (Key, { open, bytes, sha256 }, signal) => {
      const ChecksumSHA256 = Buffer.from(sha256, 'hex').toString('base64');
      const Body = open();
      // The client does not listen to what it sends: unheard, a source that fails would end the process.
      const source = new AbortController();
      Body.once('error', (error) => source.abort(error));
      const object = { Bucket: bucket, Key, Body, ContentLength: bytes, ChecksumSHA256 };
      await client.send(new PutObjectCommand(object), transfer(AbortSignal.any([signal, source.signal])));
    },
    read: async (Key, signal) => {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key }), transfer(signal));
        return Body instanceof Readable ? Body : Readable.from([]);
      } catch (error) {
        if (isNamed(error, 'NoSuchKey')) return undefined;
        throw error;
      }
    },
    readRange: async (Key, { firstByte, bytes }) => {
      const Range = `bytes=${firstByte}-${firstByte + bytes - 1}`;
      try {
        const abortSignal = AbortSignal.timeout(REQUEST_MS_MAX);
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key, Range }), {
          abortSignal,
        });
        return (await Body?.transformToByteArray()) ?? new Uint8Array();
      } catch (error) {
        const reason = isNamed(error, 'NoSuchKey') ? 'is not in the artifact store' : 'cannot be read';
        throw new ArchiveUnavailableError(`${Key} ${reason}`, error);
      }
    },
  };
}
