import { expect, it } from '@jest/globals';
import { memoryOf, parseSmapsRollup } from './process-memory.ts';

it('the memory of a process is what the kernel says of it', () => {
  const text = 'Rss:   2048 kB\nPss:   1536 kB\nPss_Anon:   1024 kB\n';
  expect(parseSmapsRollup(text)).toEqual({ rssMib: 2, pssMib: 1.5 });
  const { rssMib, pssMib } = memoryOf(process.pid);
  expect(rssMib).toBeGreaterThan(20);
  expect(pssMib).toBeLessThanOrEqual(rssMib);
});

it('a kernel that does not tell is not taken for an empty process', () => {
  expect(() => parseSmapsRollup('')).toThrow('no Rss');
});
