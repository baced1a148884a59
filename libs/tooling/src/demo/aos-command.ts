import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { StackFile } from '@aos/contracts';
import { repositoryRoot } from '../paths.ts';
import { PROCESS_FILE, writeProcessFile } from '../processes/process-file.ts';
import { recordOf } from '../processes/process-record.ts';
import { DemoFailed } from './demo-failed.ts';
import type { Narrator } from './narrator.ts';

const AOS = join(repositoryRoot, 'apps/cli/bin/aos.mjs');

export interface AosOptions {
  stack: StackFile;
  /** Where `@file` arguments lie. */
  cwd: string;
  narrator: Narrator;
  /** Ends the command that is running. */
  signal: AbortSignal;
}

/** Runs the `aos` command as a person would, showing the command and what it prints; gives the lines it printed. */
export type Aos = (args: readonly string[], onLine?: (line: string) => void) => Promise<string[]>;

export function aosCommand({ stack, cwd, narrator, signal }: AosOptions): Aos {
  const { PATH, HOME, NODE_V8_COVERAGE } = process.env;
  const env = {
    PATH,
    HOME,
    NODE_V8_COVERAGE,
    AOS_URL: stack.gateway_url,
    AOS_REALTIME_URL: stack.realtime_url,
    AOS_API_KEY: stack.api_key,
  };
  return async (args, onLine) => {
    narrator.command(['aos', ...args].map(shellWord).join(' '));
    const child = spawn(process.execPath, [AOS, ...args], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    // Found by the caretaker when the demo itself is killed.
    const record = child.pid === undefined ? undefined : recordOf(child.pid);
    if (record)
      writeProcessFile(join(cwd, `aos${PROCESS_FILE}`), { ...record, port: 0, stopSignal: 'SIGTERM' });
    const end = () => child.kill('SIGKILL');
    signal.addEventListener('abort', end, { once: true });
    const lines: string[] = [];
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        lines.push(line);
        narrator.output(line);
        onLine?.(line);
      });
    }
    const [code] = await once(child, 'close');
    signal.removeEventListener('abort', end);
    if (code !== 0) throw new DemoFailed(`aos ${args[0]} ended with exit code ${code}`);
    return lines;
  };
}

/** As it is to be typed in a shell. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`;
}
