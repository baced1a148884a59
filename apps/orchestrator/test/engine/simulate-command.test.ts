import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { readOptions } from './simulation/command/options.ts';
import { SeedFleet, type SeedReport } from './simulation/command/seed-fleet.ts';
import { merged, missingOf, partsOf, seedsIn, type SeedRange } from './simulation/command/seed-ranges.ts';

const COMMAND = fileURLToPath(new URL('simulation/command/simulate.ts', import.meta.url));
const TIMEOUT_MS = 120_000;
/** Violates something at seed 3 and is lost at seed 5. */
const WORKER = `process.on('message', ([first, last]) => {
  for (let seed = first; seed <= last; seed += 1) {
    if (seed === 5) return setImmediate(() => process.exit(7));
    process.send({ seed, violations: seed === 3 ? ['a run was lost'] : [], runs: 1, pid: process.pid, cpuMs: 0 });
  }
});`;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'aos-seeds-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

const simulate = (...args: string[]) =>
  spawnSync(process.execPath, ['--conditions=source', COMMAND, ...args], { encoding: 'utf8' });

describe('ranges of seeds', () => {
  it('leaves out what is done, and no more', () => {
    const done: SeedRange[] = [
      [5, 9],
      [20, 30],
      [8, 12],
    ];
    expect(missingOf([1, 25], done)).toEqual([
      [1, 4],
      [13, 19],
    ]);
    expect(missingOf([6, 11], done)).toEqual([]);
    expect(missingOf([31, 32], done)).toEqual([[31, 32]]);
  });

  it('is the same seeds in parts and merged again', () => {
    const parts = partsOf([[1, 250]], 100);
    expect(parts).toEqual([
      [1, 100],
      [101, 200],
      [201, 250],
    ]);
    expect(merged(parts.toReversed())).toEqual([[1, 250]]);
    expect(seedsIn(parts)).toBe(250);
  });
});

describe('simulating many seeds', () => {
  it('refuses numbers that are none, and names the option', () => {
    expect(readOptions(['--jobs', 'four'])).toEqual({
      wrong: '--jobs is a whole number from 1 on, not four',
    });
    expect(readOptions(['--speed', '9'])).toMatchObject({ wrong: expect.stringContaining('--speed') });
    expect(readOptions(['--seeds', '10'])).toMatchObject({ first: 1, seeds: 10, jobs: 1 });
  });

  it(
    'goes on where it was ended',
    () => {
      const file = join(folder, 'progress.json');
      expect(simulate('--seeds', '2', '--jobs', '2', '--resume', file)).toMatchObject({ status: 0 });
      const again = simulate('--seeds', '3', '--resume', file);
      expect(again).toMatchObject({ status: 0, stdout: expect.stringContaining('1 of 1 seeds') });
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ done: [[1, 3]], failed: [] });
    },
    TIMEOUT_MS,
  );

  it('fails, and says how to repeat a seed that failed before', () => {
    const file = join(folder, 'failed.json');
    writeFileSync(file, JSON.stringify({ done: [[1, 3]], failed: [2] }));
    const { status, stdout } = simulate('--seeds', '3', '--resume', file);
    expect(status).toBe(1);
    expect(stdout).toContain('FAILED: 2');
  });

  it(
    'tells each seed that failed, and one whose process was lost, and does the rest',
    async () => {
      const worker = join(folder, 'worker.mjs');
      writeFileSync(worker, WORKER);
      const reports: SeedReport[] = [];
      const onReport = (report: SeedReport): void => void reports.push(report);
      const fleet = new SeedFleet({ jobs: 1, worker, onReport, onPart: () => undefined });
      await fleet.run([[1, 8]]);
      const failed = reports.filter(({ violations }) => violations.length > 0);
      expect(failed.map(({ seed, violations }) => [seed, ...violations])).toEqual([
        [3, 'a run was lost'],
        [5, 'ended its process: 7'],
      ]);
      expect(reports.map(({ seed }) => seed)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    },
    TIMEOUT_MS,
  );
});
