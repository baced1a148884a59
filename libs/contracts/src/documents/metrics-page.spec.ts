import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { METRICS } from '../metrics.ts';
import { metricsPage } from './metrics-page.ts';

const PAGE = join(import.meta.dirname, '../../../../.github/METRICS.md');

describe('the metrics', () => {
  it('are in .github/METRICS.md as they are here (pnpm documents writes it)', () => {
    expect(readFileSync(PAGE, 'utf8')).toBe(metricsPage());
  });

  it('have one name each, in base units', () => {
    const names = METRICS.map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
    for (const { name, type } of METRICS) {
      expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
      if (type === 'histogram') expect(name).toMatch(/_seconds$/);
    }
  });
});
