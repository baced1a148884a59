import { stripVTControlCharacters } from 'node:util';
import { paint, type Terminal } from '../terminal.ts';

const GAP = '  ';

/** Columns as wide as their widest cell, two spaces apart; cells may be coloured. */
export function table(
  terminal: Terminal,
  heads: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => widthOf(row[column] ?? ''))),
  );
  const line = (cells: readonly string[]) =>
    widths
      .map((width, column) => pad(cells[column] ?? '', width))
      .join(GAP)
      .trimEnd();
  return [paint(terminal, 'bold', line(heads)), ...rows.map(line)].join('\n');
}

/** A name and a value a line; lines without a value are left out. */
export function facts(terminal: Terminal, entries: readonly (readonly [string, string])[]): string {
  const shown = entries.filter(([, value]) => value !== '');
  const width = Math.max(...shown.map(([name]) => name.length));
  return shown.map(([name, value]) => `${paint(terminal, 'dim', pad(name, width))}${GAP}${value}`).join('\n');
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(Math.max(0, width - widthOf(cell)));
}

function widthOf(cell: string): number {
  return stripVTControlCharacters(cell).length;
}
