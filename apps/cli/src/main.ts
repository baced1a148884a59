import { runCommandLine } from './program.ts';
import { processTerminal } from './terminal.ts';

const { env } = process;
// `pnpm aos` runs at the root of the clone; files are meant from where it was typed.
const directory = env['npm_lifecycle_event'] === 'aos' ? (env['INIT_CWD'] ?? process.cwd()) : process.cwd();

process.exitCode = await runCommandLine(process.argv.slice(2), {
  env,
  directory,
  terminal: processTerminal(env),
});
