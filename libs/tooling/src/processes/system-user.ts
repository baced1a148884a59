import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface SystemUser {
  name: string;
  uid: number;
  gid: number;
}

/** Whom Postgres runs as: it refuses root. Undefined: as whoever we are. */
export function unprivilegedUser(): SystemUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const user = findUser('postgres') ?? findUser('nobody');
  if (user === undefined)
    throw new Error('running as root, and there is no user postgres or nobody to run Postgres');
  return user;
}

function findUser(name: string): SystemUser | undefined {
  const line = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .find((entry) => entry.startsWith(`${name}:`));
  const [, , uid, gid] = line?.split(':') ?? [];
  return uid === undefined || gid === undefined ? undefined : { name, uid: Number(uid), gid: Number(gid) };
}

/** Whether that user may enter the folder: asked of the system, since modes alone do not tell (ACLs). */
export function mayEnter(user: SystemUser | undefined, folder: string): boolean {
  if (user === undefined) return true;
  const { uid, gid } = user;
  return (
    spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { uid, gid, stdio: 'ignore', cwd: '/' }).status === 0
  );
}
