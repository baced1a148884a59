import { runCommandLine } from '../src/program.ts';

export interface Finished {
  exitCode: number;
  out: string;
  err: string;
  /** What is written that is no text. */
  bytes: Buffer;
}

/** Runs a command line in this process and collects what it writes. */
export async function aos(args: string[], env: Record<string, string>): Promise<Finished> {
  const written = { out: [] as string[], bytes: [] as Uint8Array[], err: [] as string[] };
  const terminal = {
    out: (text: string) => void written.out.push(text),
    bytes: (content: Uint8Array) => void written.bytes.push(content),
    err: (text: string) => void written.err.push(text),
    isColoured: false,
  };
  const exitCode = await runCommandLine(args, { env, directory: '/', terminal });
  return {
    exitCode,
    out: written.out.join('\n'),
    err: written.err.join('\n'),
    bytes: Buffer.concat(written.bytes),
  };
}
