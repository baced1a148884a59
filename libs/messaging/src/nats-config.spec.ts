import { describe, expect, it } from '@jest/globals';
import { SERVICES, allNatsPermissions } from '@aos/contracts';
import { natsServerConfig } from './nats-config.ts';

const passwords = Object.fromEntries(allNatsPermissions().map(({ user }) => [user, `secret "of" ${user}`]));
const options = { host: '127.0.0.1', port: 4222, storeDir: '/data', passwords };

describe('the configuration of the server', () => {
  it('has a user for each service, with the rights of the catalogue and no others', () => {
    const config = natsServerConfig(options);
    expect(config.match(/user: /g)).toHaveLength(allNatsPermissions().length);
    for (const { user, publish, subscribe } of allNatsPermissions()) {
      const [, rights = ''] = config.split(`user: "${user}"`);
      const [own = ''] = rights.split('user: ');
      for (const subject of [...publish, ...subscribe]) expect(own).toContain(JSON.stringify(subject));
    }
    expect(config).not.toContain('default_permissions');
    expect(config).not.toContain('no_auth_user');
    // It would have the server remember every request.
    expect(config).not.toContain('allow_responses');
  });

  it('quotes what passwords and paths may contain', () => {
    expect(natsServerConfig(options)).toContain('password: "secret \\"of\\" migrate"');
    expect(natsServerConfig({ ...options, storeDir: '/with space' })).toContain('store_dir: "/with space"');
  });

  it.each(SERVICES)('is refused without a password for %s', (service) => {
    const { [service]: _, ...others } = passwords;
    expect(() => natsServerConfig({ ...options, passwords: others })).toThrow(service);
  });

  it('names the file of the process id only where one is asked for', () => {
    expect(natsServerConfig(options)).not.toContain('pid_file');
    expect(natsServerConfig({ ...options, pidFile: '/run/nats.pid' })).toContain('pid_file: "/run/nats.pid"');
  });
});
