import { createHash } from 'node:crypto';
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { withLock } from './lock.ts';
import { programsDir, repositoryRoot, type Say } from './paths.ts';
import { runToEnd } from './processes/run-to-end.ts';
import { StackError } from './stack/stack-error.ts';

const STAMP = join(programsDir, 'build.stamp');
const SOURCES = [
  'apps/*/src/**/*.ts',
  'libs/*/src/**/*.ts',
  'libs/*/prisma/*',
  'tsconfig*.json',
  '{apps,libs}/*/tsconfig.json',
];

/** Builds the workspace when nothing is built yet or a source has changed since. */
export async function ensureBuilt(say: Say): Promise<void> {
  await withLock(
    join(programsDir, 'build.lock'),
    async () => {
      const stamp = sourceStamp();
      if (isBuilt() && existsSync(STAMP) && readFileSync(STAMP, 'utf8') === stamp) return;
      say('building');
      await build();
      markBuilt();
    },
    say,
  );
}

/** Says that what is built fits the sources as they are now. */
export function markBuilt(): void {
  mkdirSync(programsDir, { recursive: true });
  writeFileSync(STAMP, sourceStamp());
}

/** Which files there are and when each was changed. */
function sourceStamp(): string {
  const hash = createHash('sha256');
  const files = globSync(SOURCES, { cwd: repositoryRoot, exclude: (path) => path.includes('/generated') });
  for (const file of files.sort()) {
    const { mtimeMs, size } = statSync(join(repositoryRoot, file));
    hash.update(`${file} ${mtimeMs} ${size}\n`);
  }
  return hash.digest('hex');
}

function isBuilt(): boolean {
  const packages = globSync('{apps,libs}/*/tsconfig.json', { cwd: repositoryRoot });
  return packages.every((file) => existsSync(join(repositoryRoot, file, '../dist/.tsbuildinfo')));
}

async function build(): Promise<void> {
  const pnpm = join(repositoryRoot, 'node_modules/.bin/pnpm');
  const { code, output, errors } = await runToEnd(pnpm, ['--silent', 'run', 'build'], {
    cwd: repositoryRoot,
  });
  if (code !== 0) throw new StackError(`the build failed:\n${errors}${output}`);
}
