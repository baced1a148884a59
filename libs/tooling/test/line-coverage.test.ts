import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '@aos/tooling';
import { readCoverage } from '../src/suite/line-coverage/measure-coverage.ts';

const run = promisify(execFile);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aos-line-coverage-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A process of its own that runs the code and leaves its coverage. */
async function ran(code: string): Promise<void> {
  const { PATH } = process.env;
  await run(process.execPath, ['--input-type=module', '-e', code], {
    env: { PATH, NODE_V8_COVERAGE: folder },
  });
}

const importOf = (path: string): string => JSON.stringify(pathToFileURL(join(repositoryRoot, path)).href);

/** The number of the line of a source that begins with the text. */
function lineOf(source: string, text: string): number {
  const lines = readFileSync(join(repositoryRoot, source), 'utf8').split('\n');
  const index = lines.findIndex((line) => line.trim().startsWith(text));
  if (index === -1) throw new Error(`no line of ${source} begins with ${text}`);
  return index + 1;
}

describe('line coverage', () => {
  it('of a build is told of its sources, and several processes add up', async () => {
    const source = 'libs/contracts/src/money.ts';
    const module = importOf('libs/contracts/dist/money.js');
    await ran(`(await import(${module})).centsOf(5)`);
    const cents = lineOf(source, 'return microcents /');
    const microcents = lineOf(source, 'return Math.round');
    const first = (await readCoverage(folder)).get(source);
    expect([first?.get(cents), first?.get(microcents)]).toEqual([1, 0]);
    await ran(`(await import(${module})).microcentsOf(5)`);
    const both = (await readCoverage(folder)).get(source);
    expect([both?.get(cents), both?.get(microcents)]).toEqual([1, 1]);
  });

  it('of a source that Node runs as it is, and none of comments and types', async () => {
    const source = 'libs/tooling/src/suite/totals.ts';
    await ran(`(await import(${importOf(source)})).lastLine({ passed: 1, failed: 0, skipped: 0 })`);
    const hits = (await readCoverage(folder)).get(source);
    expect(hits?.get(lineOf(source, 'return `${passed} passed'))).toBe(1);
    expect(hits?.get(lineOf(source, 'return parts.reduce'))).toBe(0);
    expect(hits?.has(lineOf(source, 'passed: number;'))).toBe(false);
    expect(hits?.has(lineOf(source, '/** The sum of all. */'))).toBe(false);
  });

  it('of a source that no process loaded is none of all its lines; tests do not count', async () => {
    const coverage = await readCoverage(folder);
    const hits = coverage.get('libs/contracts/src/money.ts');
    expect(hits?.size).toBeGreaterThan(2);
    expect([...(hits?.values() ?? [])].every((count) => count === 0)).toBe(true);
    expect([...coverage.keys()].filter((source) => /\.spec\.ts$|generated/.test(source))).toEqual([]);
  });
});
