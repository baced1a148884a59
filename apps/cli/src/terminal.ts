import { styleText } from 'node:util';

export type Colour = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Where a command writes. */
export interface Terminal {
  /** The result, a line or several. */
  out(text: string): void;
  /** A result that is no text: its bytes and nothing else. */
  bytes(content: Uint8Array): void;
  /** Errors and what --verbose tells. */
  err(text: string): void;
  /** Whether the result may be coloured. */
  isColoured: boolean;
}

/** The process's own streams; colour on a TTY only, and not with NO_COLOR (no-color.org). */
export function processTerminal(env: Record<string, string | undefined>): Terminal {
  // A reader such as `head` may leave early; that is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    process.exit(error.code === 'EPIPE' ? 0 : 1);
  });
  return {
    out: (text) => process.stdout.write(`${text}\n`),
    bytes: (content) => process.stdout.write(content),
    err: (text) => process.stderr.write(`${text}\n`),
    isColoured:
      process.stdout.isTTY &&
      process.stderr.isTTY &&
      (env['NO_COLOR'] ?? '') === '' &&
      env['TERM'] !== 'dumb',
  };
}

export function paint(terminal: Terminal, colour: Colour, text: string): string {
  return terminal.isColoured ? styleText(colour, text, { validateStream: false }) : text;
}
