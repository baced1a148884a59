import { expect, it } from '@jest/globals';
import { durableText } from './report.ts';

it('the report has a table for what was measured, and says what was not and why', () => {
  const text = durableText({
    works: ['W2'],
    load: { runs: 200, concurrency: 20 },
    crashRuns: 100,
    repetitions: 3,
    cpus: 2,
    systems: [
      {
        name: 'aos',
        figures: { latency: { firstStepMs: 4.25, firstStepSeenMs: 6.5, finishedMs: 12.34 } },
      },
      {
        name: 'floor',
        figures: { latency: { firstStepMs: 2, firstStepSeenMs: Number.NaN, finishedMs: 8 } },
      },
      { name: 'dbos', unavailable: 'npm: no network' },
    ],
  });
  expect(text).not.toContain('W1');
  expect(text).toMatch(/^aos +4\.25 +6\.50 +12\.3$/m);
  expect(text).toMatch(/^floor +2 +- +8$/m);
  expect(text).toContain('dbos was not measured: npm: no network');
});
