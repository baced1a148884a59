import { allNatsPermissions, type NatsPermissions } from '@aos/contracts';

interface NatsServerOptions {
  host: string;
  port: number;
  storeDir: string;
  /** By user: one per service, and `migrate`. */
  passwords: Readonly<Record<string, string>>;
  pidFile?: string;
}

/** A nats-server configuration with JetStream and one user per service, whose rights come from the catalogue. Serves 2.9 and later. */
export function natsServerConfig({ host, port, storeDir, passwords, pidFile }: NatsServerOptions): string {
  const users = allNatsPermissions().map((permissions) =>
    userBlock(permissions, passwords[permissions.user]),
  );
  return [
    `host: ${quote(host)}`,
    `port: ${port}`,
    ...(pidFile === undefined ? [] : [`pid_file: ${quote(pidFile)}`]),
    'max_payload: 1MB',
    `jetstream { store_dir: ${quote(storeDir)} }`,
    'authorization {',
    '  users: [',
    ...users,
    '  ]',
    '}',
    '',
  ].join('\n');
}

function userBlock({ user, publish, subscribe }: NatsPermissions, password: string | undefined): string {
  if (password === undefined) throw new Error(`no password for the NATS user ${user}`);
  return `    { user: ${quote(user)}, password: ${quote(password)}, permissions: {
      publish: { allow: ${list(publish)} }
      subscribe: { allow: ${list(subscribe)} }
    } }`;
}

const quote = (text: string): string => JSON.stringify(text);
const list = (subjects: readonly string[]): string => `[${subjects.map(quote).join(', ')}]`;
