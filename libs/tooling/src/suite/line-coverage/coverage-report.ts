import type { LineHits } from './line-hits.ts';
import { packageOf } from './own-sources.ts';

/** Lines by source, as a path from the root. */
export type Coverage = Map<string, LineHits>;

interface Share {
  lines: number;
  covered: number;
}

/** What part of the lines ran; of nothing, all. */
export function percentOf({ lines, covered }: Share): number {
  return lines === 0 ? 100 : (covered / lines) * 100;
}

export function totalOf(coverage: Coverage): Share {
  const total = { lines: 0, covered: 0 };
  for (const hits of coverage.values()) {
    total.lines += hits.size;
    total.covered += [...hits.values()].filter((count) => count > 0).length;
  }
  return total;
}

/** A line per package and one for all. */
export function coverageTable(coverage: Coverage): string {
  const packages = Map.groupBy(coverage, ([source]) => packageOf(source));
  const rows = [...packages].map(([name, sources]) => rowOf(name, totalOf(new Map(sources))));
  return [...rows, rowOf('all', totalOf(coverage))].join('\n');
}

function rowOf(name: string, share: Share): string {
  return `  ${name.padEnd(24)} ${percentOf(share).toFixed(1).padStart(6)} % of ${String(share.lines).padStart(5)} lines`;
}

/** In lcov's format (man geninfo), lines only. */
export function toLcov(coverage: Coverage): string {
  return [...coverage]
    .map(([source, hits]) => {
      const lines = [...hits].sort(([one], [other]) => one - other);
      return [
        `SF:${source}`,
        ...lines.map(([line, count]) => `DA:${line},${count}`),
        'end_of_record',
        '',
      ].join('\n');
    })
    .join('');
}
