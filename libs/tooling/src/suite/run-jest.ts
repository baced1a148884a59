import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { repositoryRoot } from '../paths.ts';
import { totalsOfJest, type JestReport, type Totals } from './totals.ts';

interface JestOptions {
  /** Test files at once. */
  workers: number;
  /** Where raw coverage is gathered, also that of the processes which tests start. */
  coverageDir: string;
}

/** Runs a jest project; what it prints is shown as it comes. */
export async function runJest(project: string, { workers, coverageDir }: JestOptions): Promise<Totals> {
  const folder = mkdtempSync(join(tmpdir(), 'aos-jest-'));
  const file = join(folder, 'report.json');
  try {
    const jest = join(repositoryRoot, 'node_modules/.bin/jest');
    const args = ['--selectProjects', project, `--maxWorkers=${workers}`, '--json', `--outputFile=${file}`];
    const child = spawn(jest, args, {
      cwd: repositoryRoot,
      stdio: ['ignore', 'ignore', 'inherit'],
      env: {
        ...process.env,
        AOS_COVERAGE_DIR: coverageDir,
        NODE_OPTIONS: '--experimental-vm-modules --no-warnings',
      },
    });
    const [code] = await once(child, 'exit');
    return totalsOfJest(code === 0 ? 0 : 1, readReport(file));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function readReport(file: string): JestReport | undefined {
  if (!existsSync(file)) return undefined;
  const report: JestReport = JSON.parse(readFileSync(file, 'utf8'));
  return report;
}
