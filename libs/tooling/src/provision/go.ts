import type { Say } from '../paths.ts';
import { join } from 'node:path';
import { runTool } from './run-tool.ts';
import { binDir } from './wrapper.ts';

/** Builds a Go program into `.aos/bin`. */
export async function installWithGo(executable: string, module: string, say: Say): Promise<string> {
  say(`building ${executable} with go install (about half a minute)`);
  await runTool('go', ['install', module], { env: { ...process.env, GOBIN: binDir, GOFLAGS: '' } });
  return join(binDir, executable);
}
