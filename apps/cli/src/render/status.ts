import { paint, type Colour, type Terminal } from '../terminal.ts';
import { oneLine } from './text.ts';

const COLOURS: Partial<Record<string, Colour>> = {
  succeeded: 'green',
  passed: 'green',
  failed: 'red',
  error: 'red',
  cancelled: 'yellow',
  waiting: 'yellow',
  running: 'cyan',
};

/** The status of a run or step, coloured by what it means. */
export function statusText(terminal: Terminal, status: string): string {
  const colour = COLOURS[status];
  return colour === undefined ? oneLine(status) : paint(terminal, colour, status);
}
