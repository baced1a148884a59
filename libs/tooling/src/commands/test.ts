import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { markBuilt } from '../build.ts';
import { checkCoverage } from '../suite/line-coverage/measure-coverage.ts';
import { runCheck } from '../suite/run-check.ts';
import { runJest } from '../suite/run-jest.ts';
import { lastLine, sum, type Totals } from '../suite/totals.ts';
import { runCommand, say } from './exit.ts';

const CHECKS = ['format:check', 'lint', 'typecheck:tests', 'boundaries', 'deadcode'];

/** Two cores are what there is at least; more tests that start servers at once would wait for each other. */
const WORKERS = 2;

/** The whole suite; each check counts as one test. The last line is `N passed, N failed, N skipped`. */
async function test(): Promise<void> {
  // First, because the others read what it makes.
  const build = await runCheck('build', say);
  if (build.failed === 0) markBuilt();
  const totals: Totals[] = [build];
  for (const check of CHECKS) totals.push(await runCheck(check, say));
  const coverageDir = mkdtempSync(join(tmpdir(), 'aos-coverage-'));
  try {
    say('unit tests');
    totals.push(await runJest('unit', { coverageDir, workers: WORKERS }));
    say('integration tests');
    totals.push(await runJest('integration', { coverageDir, workers: WORKERS }));
    totals.push(await checkCoverage(coverageDir, say));
  } finally {
    rmSync(coverageDir, { recursive: true });
  }
  const total = sum(totals);
  console.log(lastLine(total));
  if (total.failed > 0) process.exitCode = 1;
}

await runCommand(test);
