import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '@aos/telemetry';
import { afterAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Writable } from 'node:stream';
import {
  artifactProbe,
  openArtifactStore,
  type ArtifactConfig,
} from '../../src/outbound/artifacts/open-artifact-store.ts';

const folder = mkdtempSync(join(tmpdir(), 'aos-artifacts-'));
afterAll(() => rmSync(folder, { recursive: true }));

const logged: string[] = [];
const destination = new Writable({
  write: (line: Buffer, _encoding, done) => {
    logged.push(line.toString());
    done();
  },
});
const logger = createLogger({ service: 'test', level: 'warn', destination });

beforeEach(() => {
  logged.length = 0;
});

const FOLDER: ArtifactConfig = {
  ARTIFACT_STORE: 'local',
  ARTIFACT_PATH: join(folder, 'artifacts'),
  S3_REGION: 'us-east-1',
};

describe('the artifact store', () => {
  it('that is chosen is healthy and makes its folder', async () => {
    const probe = artifactProbe(await openArtifactStore(FOLDER, logger), FOLDER);
    expect(probe).toMatchObject({ name: 'r2', critical: false });
    expect(await probe.check()).toBeUndefined();
    expect(logged).toEqual([]);
  });

  it('that nobody chose works, and says so in log and health', async () => {
    const { ARTIFACT_STORE: _, ...config } = FOLDER;
    const store = await openArtifactStore(config, logger);
    expect(await store.put('acme', Buffer.from('x'))).toMatchObject({ ok: true });
    expect(await artifactProbe(store, config).check()).toMatchObject({
      status: 'degraded',
      detail: expect.stringContaining('ARTIFACT_STORE is not set'),
    });
    expect(logged).toEqual([expect.stringContaining('ARTIFACT_STORE IS NOT SET')]);
  });

  it('that is S3 and away is unhealthy', async () => {
    const config: ArtifactConfig = {
      ...FOLDER,
      ARTIFACT_STORE: 's3',
      S3_BUCKET: 'b',
      S3_ENDPOINT: 'http://127.0.0.1:9',
      S3_ACCESS_KEY_ID: 'k',
      S3_SECRET_ACCESS_KEY: 's',
    };
    const probe = artifactProbe(await openArtifactStore(config, logger), config);
    await expect(probe.check()).rejects.toThrow('ECONNREFUSED');
  });
});
