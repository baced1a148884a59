import { orchestratorConfig } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import {
  AdapterConfigurationError,
  ConfigurationError,
  StoreConfigurationError,
} from './configuration-error.ts';
import { readConfig } from './read-config.ts';

const GOOD = {
  NATS_URL: 'nats://orchestrator:pw@localhost:4222',
  DATABASE_URL: 'postgres://aos_app:pw@localhost/aos',
  DATABASE_SYSTEM_URL: 'postgres://aos_engine:pw@localhost/aos',
};

const REQUIRED = [
  { variable: 'REDIS_URL', kind: 'store', choices: 'a redis:// URL' },
  { variable: 'ANTHROPIC_API_KEY', kind: 'adapter', choices: 'a key, or PLANNER_BACKEND=stub' },
] as const;

function errorOf(read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    return error;
  }
}

describe('readConfig', () => {
  it('gives typed values and defaults, frozen', () => {
    const config = readConfig(orchestratorConfig, { ...GOOD, PORT: '9000' });
    expect(config).toMatchObject({ ...GOOD, PORT: 9000, ENV: 'dev', EGRESS_ALLOW: [] });
    expect(Object.isFrozen(config)).toBe(true);
  });

  it('takes an empty variable for unset', () => {
    expect(readConfig(orchestratorConfig, { ...GOOD, PORT: '' }).PORT).toBe(8010);
  });

  it('lists everything that is wrong at once, by variable, and no value', () => {
    const env = {
      ...GOOD,
      NATS_URL: undefined,
      DATABASE_URL: 'mysql://u:s3cret@h/d',
      PORT: 'eighty',
      ENV: 'staging',
    };
    const error = errorOf(() => readConfig(orchestratorConfig, env));
    expect(error).toBeInstanceOf(ConfigurationError);
    const { problems } = error instanceof ConfigurationError ? error : { problems: [] };
    expect(problems.map((problem) => problem.split(':')[0])).toEqual([
      'ENV',
      'NATS_URL',
      'PORT',
      'DATABASE_URL',
    ]);
    expect(problems[1]).toBe('NATS_URL: is not set (with the user and password of this service)');
    expect(String(error)).not.toMatch(/s3cret|eighty|staging/);
  });

  it.each(['prod', 'production'])(
    'refuses fallbacks with ENV=%s, naming the variable and its choices',
    (ENV) => {
      const storeMissing = errorOf(() => readConfig(orchestratorConfig, { ...GOOD, ENV }, REQUIRED));
      expect(storeMissing).toBeInstanceOf(StoreConfigurationError);
      expect(storeMissing).toMatchObject({
        name: 'StoreConfigurationError',
        message: expect.stringMatching(
          /^REDIS_URL: .*redis:\/\/ URL\nANTHROPIC_API_KEY: .*PLANNER_BACKEND=stub$/,
        ),
      });
      const env = { ...GOOD, ENV, REDIS_URL: 'redis://h' };
      const adapterMissing = errorOf(() => readConfig(orchestratorConfig, env, REQUIRED));
      expect(adapterMissing).toBeInstanceOf(AdapterConfigurationError);
    },
  );

  it('allows them in development', () => {
    expect(readConfig(orchestratorConfig, GOOD, REQUIRED).ENV).toBe('dev');
  });
});
