import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from '@jest/globals';

describe('a temporary file of a test', () => {
  it('is in the folder of its run, which goes with the run, and where servers of other users may pass', () => {
    const folder = dirname(mkdtempSync(join(tmpdir(), 'left-behind-')));
    expect(folder).toMatch(/aos-jest-\w{6}$/);
    expect(statSync(folder).mode & 0o777).toBe(0o711);
  });
});
