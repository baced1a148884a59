import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from '@jest/globals';
import { WAITING_TEXTS } from './waiting-texts.ts';

const SOURCES = fileURLToPath(new URL('../..', import.meta.url));
/** Where a run is put to rest: parked, released, or admitted for later. */
const RESTS =
  /(?:type: 'park',|#release\(\{|const waiting = \{) reason: ([^\n,}]+)|const reason = .*\? (.*) : (.*);/g;

/** The reasons that the sources give, as they stand there between quotes. */
function reasonsGiven(): string[] {
  const given = globSync('{application/engine,domain/run}/**/*.ts', { cwd: SOURCES })
    .concat(['application/submit-run.ts'])
    .filter((file) => !file.endsWith('.spec.ts'))
    .flatMap((file) => [...readFileSync(join(SOURCES, file), 'utf8').matchAll(RESTS)])
    .flatMap((places) => [
      ...places
        .slice(1)
        .join(' ')
        .matchAll(/'([a-z_]+)'/g),
    ])
    .map(([, reason = '']) => reason);
  return [...new Set(given)].toSorted();
}

describe('a run at rest', () => {
  it('is told about in words, whatever the reason', () => {
    const given = reasonsGiven();
    expect(given).toEqual(
      expect.arrayContaining(['paused', 'start_at', 'unknown_outcome', 'worker_crash_loop']),
    );
    expect(given.filter((reason) => !WAITING_TEXTS.has(reason))).toEqual([]);
  });
});
