import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { programsDir, withLock, type Say } from '@aos/tooling';

const run = promisify(execFile);

const INSTALL_MS_MAX = 240_000;

/** Installs packages from npm, once, into a folder of their own under `.aos`; gives the folder. */
export async function installPeer(
  name: string,
  dependencies: Readonly<Record<string, string>>,
  say: Say,
): Promise<string> {
  const folder = join(programsDir, 'bench-peers', name);
  const manifest = JSON.stringify({ name: `bench-${name}`, private: true, dependencies });
  const stamp = join(folder, 'installed');
  const isInstalled = () => existsSync(stamp) && readFileSync(stamp, 'utf8') === manifest;
  await withLock(join(programsDir, 'bench-peers.lock'), async () => {
    if (isInstalled()) return;
    say(`${name}: fetching ${Object.keys(dependencies).join(', ')} with npm`);
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), manifest);
    const options = ['--no-audit', '--no-fund', '--ignore-scripts', '--omit=dev', '--loglevel=error'];
    await run('npm', ['install', ...options], { cwd: folder, env: ownEnv(), timeout: INSTALL_MS_MAX });
    writeFileSync(stamp, manifest);
  });
  return folder;
}

/** Without what the package manager that started this process says to its own children. */
function ownEnv(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('npm_')));
}
