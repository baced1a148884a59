import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { withLock } from './lock.ts';

const folder = mkdtempSync(join(tmpdir(), 'lock-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('withLock', () => {
  it('lets one in at a time', async () => {
    let inside = 0;
    let insideMost = 0;
    const work = async () => {
      inside += 1;
      insideMost = Math.max(insideMost, inside);
      await new Promise((resolve) => setImmediate(resolve));
      inside -= 1;
    };
    const file = join(folder, 'a.lock');
    await Promise.all([withLock(file, work), withLock(file, work), withLock(file, work)]);
    expect(insideMost).toBe(1);
  });

  it('is free again after work that failed', async () => {
    const file = join(folder, 'b.lock');
    await expect(withLock(file, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(await withLock(file, () => Promise.resolve('yes'))).toBe('yes');
  });
});
