import { describe, expect, it } from '@jest/globals';
import { median, medians, percentile } from './statistics.ts';

describe('statistics', () => {
  it('a percentile is a value that was measured', () => {
    const values = [10, 9, 8, 7, 6, 5, 4, 3, 2, 1];
    expect(percentile(values, 0.5)).toBe(5);
    expect(percentile(values, 0.99)).toBe(10);
    expect(percentile([7], 0.01)).toBe(7);
    expect(median([])).toBeNaN();
  });

  it('every figure gets its own median', () => {
    const repetitions = [
      { a: 1, b: 30 },
      { a: 3, b: 10 },
      { a: 2, b: 20 },
    ];
    expect(medians(repetitions)).toEqual({ a: 2, b: 20 });
  });
});
