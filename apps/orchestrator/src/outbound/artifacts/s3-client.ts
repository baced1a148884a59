import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3';
import type { OrchestratorConfig } from '@aos/contracts';

const CONNECT_MS_MAX = 3_000;

export type S3Settings = Pick<
  OrchestratorConfig,
  'S3_ENDPOINT' | 'S3_REGION' | 'S3_ACCESS_KEY_ID' | 'S3_SECRET_ACCESS_KEY'
>;

/** A client of AWS or of a server of the same protocol. */
export function s3Client(settings: S3Settings): S3Client {
  return new S3Client(clientConfig(settings));
}

function clientConfig(settings: S3Settings): S3ClientConfig {
  const {
    S3_ENDPOINT: endpoint,
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
  } = settings;
  const hasKeys = accessKeyId !== undefined && secretAccessKey !== undefined;
  return {
    region: settings.S3_REGION,
    requestHandler: { connectionTimeout: CONNECT_MS_MAX },
    // Servers other than AWS have no host name for each bucket.
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
    ...(hasKeys ? { credentials: { accessKeyId, secretAccessKey } } : {}),
  };
}

/** Whether the server answered with the error of that name. */
export function isNamed(error: unknown, name: string): boolean {
  return typeof error === 'object' && error !== null && 'name' in error && error.name === name;
}
