import { expect, it } from '@jest/globals';
import { table } from './table.ts';

it('a table keeps counts whole, rounds what was measured, and shows what was not', () => {
  const rows = [
    { name: 'one', values: [40, 1234.5, null] },
    { name: 'another', values: [0.1234, 12.345, Number.NaN] },
  ];
  expect(table(['a', 'b', 'c'], rows)).toBe(
    ['             a      b   c', 'one         40   1235   -', 'another   0.12   12.3   -'].join('\n'),
  );
});
