import { join } from 'node:path';
import { repositoryRoot, type Say } from '../paths.ts';
import { runToEnd } from '../processes/run-to-end.ts';
import type { Totals } from './totals.ts';

/** Runs one script of the root package as one test; shows its output when it fails. */
export async function runCheck(script: string, say: Say): Promise<Totals> {
  const startedAtMs = performance.now();
  const pnpm = join(repositoryRoot, 'node_modules/.bin/pnpm');
  const { code, output, errors } = await runToEnd(pnpm, ['--silent', 'run', script], { cwd: repositoryRoot });
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
  if (code !== 0) say(`${output}${errors}`.trimEnd());
  say(`${code === 0 ? 'ok    ' : 'FAILED'} ${script} (${seconds} s)`);
  return { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}
