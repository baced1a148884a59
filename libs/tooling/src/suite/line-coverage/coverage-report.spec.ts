import { describe, expect, it } from '@jest/globals';
import { coverageTable, percentOf, toLcov, totalOf, type Coverage } from './coverage-report.ts';
import { addHits } from './line-hits.ts';

const coverage: Coverage = new Map([
  ['apps/one/src/main.ts', new Map([[3, 1]])],
  [
    'libs/two/src/index.ts',
    new Map([
      [9, 0],
      [1, 5],
      [2, 0],
    ]),
  ],
  ['libs/two/src/types.ts', new Map()],
]);

describe('line coverage', () => {
  it('counts a line that any of the processes ran', () => {
    const total = new Map([
      [1, 0],
      [2, 3],
    ]);
    addHits(
      total,
      new Map([
        [1, 1],
        [2, 0],
        [4, 0],
      ]),
    );
    expect([...total]).toEqual([
      [1, 1],
      [2, 3],
      [4, 0],
    ]);
  });

  it('is the part of the lines that ran, over all files; a file of types alone does not count', () => {
    expect(totalOf(coverage)).toEqual({ lines: 4, covered: 2 });
    expect(percentOf(totalOf(coverage))).toBe(50);
    expect(percentOf({ lines: 0, covered: 0 })).toBe(100);
  });

  it('is told by package and for all', () => {
    const rows = coverageTable(coverage).split('\n');
    expect(rows.map((row) => row.trim().split(/\s+/))).toEqual([
      ['apps/one', '100.0', '%', 'of', '1', 'lines'],
      ['libs/two', '33.3', '%', 'of', '3', 'lines'],
      ['all', '50.0', '%', 'of', '4', 'lines'],
    ]);
  });

  it('is written in the format of lcov, lines in order', () => {
    expect(toLcov(new Map([...coverage].slice(0, 2)))).toBe(
      [
        'SF:apps/one/src/main.ts',
        'DA:3,1',
        'end_of_record',
        'SF:libs/two/src/index.ts',
        'DA:1,5',
        'DA:2,0',
        'DA:9,0',
        'end_of_record',
        '',
      ].join('\n'),
    );
  });
});
