import { StoreConfigurationError } from '@aos/service-kit';
import { describe, expect, it } from '@jest/globals';
import { orchestratorConfigFromEnv } from './orchestrator.config.ts';

const GOOD = {
  NATS_URL: 'nats://orchestrator:pw@localhost:4222',
  DATABASE_URL: 'postgres://aos_app:pw@localhost/aos',
  DATABASE_SYSTEM_URL: 'postgres://aos_engine:pw@localhost/aos',
};

function refusal(env: Record<string, string>): unknown {
  try {
    return orchestratorConfigFromEnv({ ...GOOD, ...env });
  } catch (error) {
    return error;
  }
}

describe('the configuration of the artifact store', () => {
  it('may be left out in development only', () => {
    expect(orchestratorConfigFromEnv(GOOD).ARTIFACT_STORE).toBeUndefined();
    const refused = refusal({ ENV: 'prod' });
    expect(refused).toBeInstanceOf(StoreConfigurationError);
    expect(String(refused)).toMatch(/^StoreConfigurationError: ARTIFACT_STORE: .*local .* s3/);
    expect(orchestratorConfigFromEnv({ ...GOOD, ENV: 'prod', ARTIFACT_STORE: 'local' }).ENV).toBe('prod');
  });

  it('names the bucket where S3 is chosen', () => {
    expect(refusal({ ARTIFACT_STORE: 's3' })).toMatchObject({
      problems: ['S3_BUCKET: is not set (needed with ARTIFACT_STORE=s3)'],
    });
    expect(refusal({ ARTIFACT_STORE: 's3', S3_BUCKET: 'b' })).toMatchObject({ S3_BUCKET: 'b' });
  });

  it('has a key with its secret, or neither', () => {
    const s3 = { ARTIFACT_STORE: 's3', S3_BUCKET: 'b', S3_ACCESS_KEY_ID: 'k' };
    expect(refusal(s3)).toMatchObject({
      problems: ['S3_SECRET_ACCESS_KEY: is not set (goes with S3_ACCESS_KEY_ID)'],
    });
    expect(refusal({ ...s3, S3_SECRET_ACCESS_KEY: 's' })).toMatchObject({ S3_ACCESS_KEY_ID: 'k' });
  });
});
