export interface TableRow {
  name: string;
  /** A cell per column; null: not measured there. */
  values: readonly (number | null)[];
}

/** A text table: names to the left, numbers to the right. */
export function table(columns: readonly string[], rows: readonly TableRow[]): string {
  const cells = [['', ...columns], ...rows.map(({ name, values }) => [name, ...values.map(figure)])];
  const widths = ['', ...columns].map((_column, at) => Math.max(...cells.map((row) => row[at]?.length ?? 0)));
  return cells
    .map((row) =>
      row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0))),
    )
    .map((row) => row.join('   ').trimEnd())
    .join('\n');
}

/** A count as it is; else three digits that count. */
function figure(value: number | null): string {
  if (value === null || Number.isNaN(value)) return '-';
  if (value >= 100 || Number.isInteger(value)) return value.toFixed(0);
  return value.toFixed(value >= 10 ? 1 : 2);
}
