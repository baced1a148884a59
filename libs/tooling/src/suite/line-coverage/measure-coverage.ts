import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot, type Say } from '../../paths.ts';
import type { Totals } from '../totals.ts';
import { coverageTable, percentOf, toLcov, totalOf, type Coverage } from './coverage-report.ts';
import { addHits, lineHitsOf } from './line-hits.ts';
import { builtUrlOf, fromRoot, isOwnScript, ownSources } from './own-sources.ts';
import { readRawCoverage, readTransformed } from './raw-coverage.ts';

const PERCENT_MIN = 90;
const REPORT_DIR = join(repositoryRoot, 'coverage');

/** Reports the line coverage of all processes together, which counts as one test. */
export async function checkCoverage(folder: string, say: Say): Promise<Totals> {
  const coverage = await readCoverage(folder);
  const percent = percentOf(totalOf(coverage));
  const isEnough = percent >= PERCENT_MIN;
  mkdirSync(REPORT_DIR, { recursive: true });
  writeFileSync(join(REPORT_DIR, 'lcov.info'), toLcov(coverage));
  say(coverageTable(coverage));
  say(
    `${isEnough ? 'ok    ' : 'FAILED'} line coverage ${percent.toFixed(1)} %, at least ${PERCENT_MIN} % wanted`,
  );
  return { passed: isEnough ? 1 : 0, failed: isEnough ? 0 : 1, skipped: 0 };
}

/** Of each own source the lines and how often each ran, by the raw coverage in the folder. */
export async function readCoverage(folder: string): Promise<Coverage> {
  const coverage: Coverage = new Map(ownSources().map((source) => [source, new Map()]));
  const transformed = readTransformed(folder);
  const ran = readRawCoverage(folder, isOwnScript);
  // A source that no process loaded counts with all its lines.
  const unseen = [...coverage.keys()].map((source) => ({
    scriptId: '',
    url: builtUrlOf(source),
    functions: [],
  }));
  for (const script of [...ran, ...unseen]) {
    for (const [path, hits] of await lineHitsOf(script, transformed)) {
      const known = coverage.get(fromRoot(path));
      if (known !== undefined) addHits(known, hits);
    }
  }
  return coverage;
}
