import { describe, expect, it } from '@jest/globals';
import { RecentIds } from './recent-ids.ts';

describe('recent ids', () => {
  it('knows the last of them, however many came before', () => {
    const recent = new RecentIds(3);
    for (let id = 1; id <= 20; id += 1) {
      recent.add(`run-${id}`);
      const last = [id, id - 1, id - 2].filter((known) => known > 0);
      expect(last.filter((known) => !recent.has(`run-${known}`))).toEqual([]);
    }
  });

  it('forgets those before', () => {
    const recent = new RecentIds(3);
    for (let id = 1; id <= 20; id += 1) recent.add(`run-${id}`);
    const known = Array.from({ length: 20 }, (_, index) => `run-${index + 1}`).filter((id) => recent.has(id));
    expect(known.length).toBeLessThanOrEqual(6);
    expect(recent.has('run-1')).toBe(false);
  });
});
