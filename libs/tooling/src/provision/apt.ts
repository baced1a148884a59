import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { programsDir, type Say } from '../paths.ts';
import { runTool } from './run-tool.ts';
import { writeWrapper } from './wrapper.ts';

export interface AptPackages {
  /** Name of the server program. */
  executable: string;
  /** Inside the unpacked packages. */
  path: string;
  packages: readonly string[];
}

const LIBRARY_FOLDER = arch() === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';

/** Mixing another C library or C++ runtime with the machine's own breaks every program. */
const NEVER_UNPACKED = /^(libc6|libcrypt1|libgcc-s1|libstdc\+\+6|libperl.*|.*-perl)$/;

/** Downloads Debian packages and unpacks them under `.aos`, which needs no root and installs nothing. */
export async function installFromApt({ executable, path, packages }: AptPackages, say: Say): Promise<string> {
  const folder = join(programsDir, 'apt', executable);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  say(`downloading ${packages.join(', ')} with apt-get and unpacking under .aos (nothing is installed)`);
  await unpack(packages, folder, say);
  const program = join(folder, path);
  const libraryFolders = [`usr/lib/${LIBRARY_FOLDER}`, `lib/${LIBRARY_FOLDER}`].map((name) =>
    join(folder, name),
  );
  if (await lacksLibraries(program)) {
    const libraries = await libraryPackages(packages);
    say(`adding ${libraries.length} library packages it needs`);
    await unpack(libraries, folder, say);
  }
  return writeWrapper(executable, program, libraryFolders);
}

async function unpack(packages: readonly string[], folder: string, say: Say): Promise<void> {
  const downloads = mkdtempSync(join(folder, 'downloads-'));
  await download(packages, downloads, say);
  for (const file of readdirSync(downloads)) await runTool('dpkg', ['-x', join(downloads, file), folder]);
  rmSync(downloads, { recursive: true });
}

async function download(packages: readonly string[], cwd: string, say: Say): Promise<void> {
  try {
    await runTool('apt-get', ['download', ...packages], { cwd });
  } catch {
    say('apt has no package lists here: reading them into a folder of our own');
    const lists = aptLists();
    await runTool('apt-get', [...lists, 'update'], { cwd });
    await runTool('apt-get', [...lists, 'download', ...packages], { cwd });
  }
}

function aptLists(): string[] {
  const state = join(programsDir, 'apt', 'state');
  const cache = join(programsDir, 'apt', 'cache');
  mkdirSync(join(state, 'lists', 'partial'), { recursive: true });
  mkdirSync(join(cache, 'archives', 'partial'), { recursive: true });
  return ['-o', `Dir::State::lists=${join(state, 'lists')}`, '-o', `Dir::Cache=${cache}`];
}

async function lacksLibraries(program: string): Promise<boolean> {
  return (await runTool('ldd', [program])).includes('not found');
}

async function libraryPackages(packages: readonly string[]): Promise<string[]> {
  const without = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(
    (kind) => `--no-${kind}`,
  );
  const tree = await runTool('apt-cache', ['depends', '--recurse', ...without, ...packages]);
  const names = tree.split('\n').filter((name) => /^lib[a-z0-9]/.test(name) && !NEVER_UNPACKED.test(name));
  const installed = await installedPackages();
  return [...new Set(names)].filter((name) => !installed.has(name));
}

async function installedPackages(): Promise<Set<string>> {
  const list = await runTool('dpkg-query', ['-W', '-f', '${Package} ${db:Status-Status}\n']);
  return new Set(
    list
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.slice(0, line.indexOf(' '))),
  );
}
