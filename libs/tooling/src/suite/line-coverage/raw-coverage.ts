import { readFileSync, writeFileSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { mergeScriptCovs, type ScriptCov } from '@bcoe/v8-coverage';

/**
 * Raw coverage as V8 counts it, gathered in one folder: what Node writes for each process that ends with
 * NODE_V8_COVERAGE set, and the same from jest for the code that ran in its own processes.
 */
export interface RawCoverage {
  result: ScriptCov[];
}

/** What jest made of a source before it ran it. */
export interface Transformed {
  code: string;
  sourceMapPath: string;
}

/** Marks the URLs of scripts that jest transformed and ran. */
const BY_JEST = '?jest';
const RAW_FILES = '*coverage-*.json';
const TRANSFORMED_FILE = 'transformed.json';

export const urlInJest = (url: string): string => `${url}${BY_JEST}`;
export const isInJest = (url: string): boolean => url.endsWith(BY_JEST);

export function writeRawCoverage(folder: string, coverage: RawCoverage): void {
  writeFileSync(join(folder, `jest-coverage-${crypto.randomUUID()}.json`), JSON.stringify(coverage));
}

/** By URL in jest. */
export function writeTransformed(folder: string, transformed: Record<string, Transformed>): void {
  writeFileSync(join(folder, `${crypto.randomUUID()}-${TRANSFORMED_FILE}`), JSON.stringify(transformed));
}

export function readTransformed(folder: string): Map<string, Transformed> {
  const files = globSync(`*-${TRANSFORMED_FILE}`, { cwd: folder });
  return new Map(
    files.flatMap((file) => {
      const transformed: Record<string, Transformed> = JSON.parse(readFileSync(join(folder, file), 'utf8'));
      return Object.entries(transformed);
    }),
  );
}

/** The scripts that are asked for, each with what all processes together counted. */
export function readRawCoverage(folder: string, isWanted: (url: string) => boolean): ScriptCov[] {
  const byUrl = new Map<string, ScriptCov[]>();
  for (const file of globSync(RAW_FILES, { cwd: folder })) {
    const { result }: RawCoverage = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    for (const script of result.filter(({ url }) => isWanted(url))) {
      const known = byUrl.get(script.url) ?? [];
      byUrl.set(script.url, known);
      known.push(script);
    }
  }
  return [...byUrl.values()].flatMap((scripts) => mergeScriptCovs(scripts) ?? []);
}
