import { describe, expect, it } from '@jest/globals';
import { lastLine, sum, totalsOfJest } from './totals.ts';

const report = {
  numPassedTests: 7,
  numFailedTests: 0,
  numPendingTests: 2,
  numTodoTests: 1,
  numRuntimeErrorTestSuites: 0,
};

describe('the totals of a test run', () => {
  it('are the sum of checks and tests, in the promised form', () => {
    const check = { passed: 1, failed: 0, skipped: 0 };
    expect(lastLine(sum([check, check, totalsOfJest(0, report)]))).toBe('9 passed, 0 failed, 3 skipped');
  });

  it('count a test file that could not be run as a failure', () => {
    expect(totalsOfJest(1, { ...report, numRuntimeErrorTestSuites: 2 }).failed).toBe(2);
  });

  it('never call a run good that jest called bad', () => {
    expect(totalsOfJest(1, report).failed).toBe(1);
    expect(totalsOfJest(1, undefined).failed).toBe(1);
    expect(totalsOfJest(0, undefined).failed).toBe(1);
  });
});
