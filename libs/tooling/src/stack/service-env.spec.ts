import { describe, expect, it } from '@jest/globals';
import { SERVICES } from '@aos/contracts';
import { serviceEnv } from './service-env.ts';

const options = {
  servers: {
    database: {
      directUrl: 'postgres://owner@h/aos',
      appUrl: 'postgres://app@h/aos',
      systemUrl: 'postgres://sys@h/aos',
    },
    redisUrl: 'redis://h',
    natsUrlFor: (user: string) => `nats://${user}@h`,
  },
  adminKey: 'admin',
  webhookKeysPath: '/state/webhook-keys',
  artifactPath: '/state/artifacts',
  models: { ANTHROPIC_API_KEY: 'key', ANTHROPIC_BASE_URL: 'http://models' },
  env: { ANTHROPIC_API_KEY: 'of the person', DATABASE_URL: 'postgres://person@h/aos', LOG_LEVEL: 'debug' },
};

describe('the environment of a service', () => {
  it('has the key for models in the router only, and there the one of the stack', () => {
    const having = SERVICES.filter((name) => 'ANTHROPIC_API_KEY' in serviceEnv(name, options));
    expect(having).toEqual(['router']);
    expect(serviceEnv('router', options)).toMatchObject(options.models);
  });

  it('has what the person set, but no logins of theirs', () => {
    for (const name of SERVICES) {
      const env = serviceEnv(name, options);
      expect(env).toMatchObject({ LOG_LEVEL: 'debug', NATS_URL: `nats://${name}@h` });
      expect(JSON.stringify(env)).not.toContain('person');
    }
  });

  it('keeps artifacts in the state of the stack, unless told where', () => {
    const local = { ARTIFACT_STORE: 'local', ARTIFACT_PATH: '/state/artifacts' };
    expect(serviceEnv('orchestrator', options)).toMatchObject(local);
    const env = { ARTIFACT_PATH: '/elsewhere' };
    expect(serviceEnv('orchestrator', { ...options, env })['ARTIFACT_PATH']).toBe('/elsewhere');
  });
});
