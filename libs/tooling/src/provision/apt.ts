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
  const apt = { options: await aptOptions(packages, say), folder };
  await unpack(packages, apt);
  const program = join(folder, path);
  const libraryFolders = [`usr/lib/${LIBRARY_FOLDER}`, `lib/${LIBRARY_FOLDER}`].map((name) =>
    join(folder, name),
  );
  if (await lacksLibraries(program)) {
    const libraries = await libraryPackages(packages, apt.options);
    say(`adding ${libraries.length} library packages it needs`);
    await unpack(libraries, apt);
  }
  return writeWrapper(executable, program, libraryFolders);
}

interface Apt {
  /** Where apt finds the lists of packages. */
  options: readonly string[];
  /** Gets the unpacked files. */
  folder: string;
}

async function unpack(packages: readonly string[], { options, folder }: Apt): Promise<void> {
  const downloads = mkdtempSync(join(folder, 'downloads-'));
  await runTool('apt-get', [...options, 'download', ...packages], { cwd: downloads });
  for (const file of readdirSync(downloads)) await runTool('dpkg', ['-x', join(downloads, file), folder]);
  rmSync(downloads, { recursive: true });
}

/** None where the machine has package lists that know the packages; else lists are read into a folder of our own. */
async function aptOptions(packages: readonly string[], say: Say): Promise<string[]> {
  try {
    await runTool('apt-get', ['download', '--print-uris', ...packages]);
    return [];
  } catch {
    say('apt has no package lists here: reading them into a folder of our own');
    const state = join(programsDir, 'apt', 'lists');
    const cache = join(programsDir, 'apt', 'cache');
    mkdirSync(join(state, 'partial'), { recursive: true });
    mkdirSync(join(cache, 'archives', 'partial'), { recursive: true });
    const options = ['-o', `Dir::State::lists=${state}`, '-o', `Dir::Cache=${cache}`];
    await runTool('apt-get', [...options, 'update']);
    return options;
  }
}

async function lacksLibraries(program: string): Promise<boolean> {
  return (await runTool('ldd', [program])).includes('not found');
}

async function libraryPackages(packages: readonly string[], options: readonly string[]): Promise<string[]> {
  const without = ['recommends', 'suggests', 'conflicts', 'breaks', 'replaces', 'enhances'].map(
    (kind) => `--no-${kind}`,
  );
  const tree = await runTool('apt-cache', [...options, 'depends', '--recurse', ...without, ...packages]);
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
