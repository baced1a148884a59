import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { boundedChecks } from './bounded-checks.ts';
import { readGoldenSuite } from './golden-suite.ts';

/** More than it takes on a busy machine. */
const MS_MAX = 30_000;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'aos-golden-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const read = () => readGoldenSuite(boundedChecks(MS_MAX), pathToFileURL(`${folder}/`));

describe('the golden tasks', () => {
  it('that are shipped can be used', async () => {
    const { tasks, version } = await readGoldenSuite(boundedChecks(MS_MAX));
    expect(version).toBe(0);
    expect(tasks.map(({ name }) => name)).toEqual(['faq', 'lead', 'order']);
    for (const task of tasks) expect(task.plan).toHaveLength(1);
  });

  it('are a file each, in the order of their names', async () => {
    for (const name of ['b', 'a']) {
      writeFileSync(
        join(folder, `${name}.yaml`),
        `{ name: ${name}, goal: go, assertions: [{ path: /status, op: exists }] }`,
      );
    }
    writeFileSync(join(folder, 'notes.txt'), 'no task');
    expect((await read()).tasks.map(({ name }) => name)).toEqual(['a', 'b']);
  });

  it('stop the start when one is wrong, by file and field', async () => {
    writeFileSync(
      join(folder, 'a.yaml'),
      '{ name: a, goals: go, assertions: [{ path: status, op: exists }] }',
    );
    await expect(read()).rejects.toThrow(
      /a\.yaml\/goal: .*a\.yaml\/assertions\/0\/path: .*a\.yaml\/goals: unknown/,
    );
    writeFileSync(
      join(folder, 'a.yaml'),
      "{ name: a, goal: go, assertions: [{ path: '', op: matches, value: '(' }] }",
    );
    await expect(read()).rejects.toThrow(/a\.yaml\/assertions\/0\/value: cannot be used/);
  });

  it('stop the start when there are none', async () => {
    await expect(read()).rejects.toThrow(/golden tasks that cannot be used: \/tasks/);
  });
});
