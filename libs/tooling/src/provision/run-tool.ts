import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);

interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** Runs a tool to its end and gives its output; its error text is part of the thrown error. */
export async function runTool(
  command: string,
  args: readonly string[],
  { cwd, env = process.env }: RunOptions = {},
): Promise<string> {
  const { stdout } = await execute(command, args, { cwd, env, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}
