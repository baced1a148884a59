import type { Jq } from 'jq-wasm';
import { openJq } from './open-jq.ts';

// Runs in a worker thread: what imports this file is the pool, by its name.

export interface JqTask {
  query: string;
  input: unknown;
  /** A longer output is not handed back. */
  outputCharsMax: number;
}

export type JqReply =
  | { kind: 'done'; stdout: string }
  /** The query refused its input, or said so itself (`error(…)`, `halt_error`). */
  | { kind: 'failed'; message: string }
  | { kind: 'too_large' }
  /** Memory or stack ran out. */
  | { kind: 'exhausted' };

let jq: Jq | undefined;

// The runtime of jq-wasm writes "Aborted()" there when memory runs out, between the log lines of the service; the reply says it.
process.stderr.write = () => true;

/**
 * Runs a query over an input; the outputs come a line each.
 * @public the pool calls it by name
 */
export async function runQuery({ query, input, outputCharsMax }: JqTask): Promise<JqReply> {
  const instance = (jq ??= await openJq());
  try {
    const { stdout, stderr, exitCode } = instance.raw(JSON.stringify(input), query, ['-c', '--']);
    if (exitCode !== 0) return { kind: 'failed', message: stderr };
    return stdout.length > outputCharsMax ? { kind: 'too_large' } : { kind: 'done', stdout };
  } catch {
    jq = undefined;
    return { kind: 'exhausted' };
  }
}
