import { describe, expect, it } from '@jest/globals';
import { claimDurations, claimPlan } from './claim-log.ts';

const entry = (pid: number, text: string) => `2026-01-01 00:00:00.000 UTC [${pid}] LOG:  duration: ${text}`;

describe('the log of Postgres tells of claims', () => {
  it('how long each took, planning included, and of no other statement', () => {
    const log = [
      entry(1, '0.250 ms  bind claim: '),
      entry(2, '0.500 ms  bind claim: '),
      entry(2, '9.000 ms  execute flush: '),
      '\twith me as materialized (',
      entry(1, '1.000 ms  execute claim: '),
      entry(2, '2.000 ms  execute claim: '),
    ].join('\n');
    expect(claimDurations(log)).toEqual([1.25, 2.5]);
  });

  it('how the last that took a run was done', () => {
    const plan = (pid: number, rows: string) =>
      [
        entry(pid, '1.0 ms  plan:'),
        '\tQuery Text: ',
        '\t  update lanes set started_vtime = 1 from run_queue',
        `\tUpdate on runs r  (cost=1..2 rows=1 width=1) (actual time=0.1..0.2 rows=${rows} loops=1)`,
        '\t  ->  Nested Loop',
      ].join('\n');
    const log = [plan(1, '3'), plan(2, '0'), entry(3, '1.0 ms  plan:'), '\tQuery Text: select 1'].join('\n');
    expect(claimPlan(log)).toBe(
      '\tUpdate on runs r  (cost=1..2 rows=1 width=1) (actual time=0.1..0.2 rows=3 loops=1)\n\t  ->  Nested Loop',
    );
    expect(claimPlan('')).toBeUndefined();
  });
});
