import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The secrets of one local stack; made once, kept until `down --wipe`. */
export interface Credentials {
  postgres: Record<'admin' | 'aos_owner' | 'aos_app' | 'aos_engine', string>;
  nats: Record<string, string>;
  /** The bootstrap key (AOS_API_KEY): level 5, all tenants. */
  admin_key: string;
  /** Of the tenant `default`, level 3; made through the gateway once it runs. */
  api_key?: string;
}

const secret = () => randomBytes(24).toString('hex');

/** Reads the credentials of the stack, making what is missing. */
export function readCredentials(stateDir: string, natsUsers: readonly string[]): Credentials {
  const file = fileOf(stateDir);
  const kept: Partial<Credentials> = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  const credentials: Credentials = {
    ...kept,
    postgres: kept.postgres ?? {
      admin: secret(),
      aos_owner: secret(),
      aos_app: secret(),
      aos_engine: secret(),
    },
    nats: { ...Object.fromEntries(natsUsers.map((user) => [user, secret()])), ...kept.nats },
    admin_key: kept.admin_key ?? `aos_admin_${secret()}`,
  };
  writeCredentials(stateDir, credentials);
  return credentials;
}

export function writeCredentials(stateDir: string, credentials: Credentials): void {
  writeSecretFile(fileOf(stateDir), `${JSON.stringify(credentials, null, 2)}\n`);
}

/** Makes the first webhook signing secret (Standard Webhooks) and returns the folder of the secrets. */
export function ensureWebhookKeys(stateDir: string): string {
  const folder = join(stateDir, 'webhook-keys');
  const file = join(folder, 'v1');
  if (!existsSync(file)) writeSecretFile(file, `whsec_${randomBytes(32).toString('base64')}\n`);
  return folder;
}

/** Readable by its owner only. */
export function writeSecretFile(file: string, content: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content, { mode: 0o600 });
}

function fileOf(stateDir: string): string {
  return join(stateDir, 'credentials.json');
}
