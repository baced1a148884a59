import { describe, expect, it } from '@jest/globals';
import { usagePeriod } from './usage-period.ts';

const NOW_MS = Date.parse('2026-03-10T23:59:59.999Z');

describe('the period of usage', () => {
  it.each([
    [{}, { from: '2026-03-01', to: '2026-03-10' }],
    [{ from: '2026-02-03' }, { from: '2026-02-03', to: '2026-03-10' }],
    [{ to: '2026-01-31' }, { from: '2026-01-01', to: '2026-01-31' }],
    [
      { from: '2026-03-10', to: '2026-03-10' },
      { from: '2026-03-10', to: '2026-03-10' },
    ],
    [
      { from: '2024-01-01', to: '2024-12-31' },
      { from: '2024-01-01', to: '2024-12-31' },
    ],
  ])('of %j is %j', (asked, period) => {
    expect(usagePeriod(asked, NOW_MS)).toEqual({ ok: true, value: period });
  });

  it.each([
    [{ from: '2026-03-11' }, 'is after the last day, 2026-03-10; name a day up to it'],
    [{ from: '2026-02-02', to: '2026-02-01' }, 'is after the last day, 2026-02-01; name a day up to it'],
    [
      { from: '2025-03-09', to: '2026-03-10' },
      'is more than 366 days before 2026-03-10; name 2025-03-10 or a later day',
    ],
    [{ from: '0000-01-01', to: '0000-01-02' }, 'is before 1970-01-01; name a later day'],
  ])('of %j is refused: from %s', (asked, message) => {
    expect(usagePeriod(asked, NOW_MS)).toMatchObject({
      ok: false,
      error: { code: 'invalid_request', details: { issues: [{ field: '/from', message }] } },
    });
  });
});
