import { runToEnd } from '../processes/run-to-end.ts';

interface RunOptions {
  cwd?: string;
  env?: NodeJS.ProcessEnv;
}

/** Runs a tool and gives its output; throws with its error text when it fails. */
export async function runTool(
  command: string,
  args: readonly string[],
  { cwd = process.cwd(), env = process.env }: RunOptions = {},
): Promise<string> {
  const { code, output, errors } = await runToEnd(command, args, { cwd, env });
  if (code !== 0) throw new Error(`${command} ${args[0]}: ${errors.trim()}`);
  return output;
}
