import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, globSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { programsDir, repositoryRoot, type Say } from '../paths.ts';
import { logsOf } from './layout.ts';
import { startStack, type Stack } from './start.ts';
import { stopStack } from './stop.ts';

export interface TemporaryStackOptions {
  /** Names its folder, and where the logs of a failure are kept. */
  name: string;
  /** Its folder is made in this one, which decides what disk the data is on. */
  parent: string;
  /** Settings of the services. */
  env: Record<string, string>;
  say: Say;
  /** Models are simulated by a server of the stack. */
  modelSandbox?: boolean;
}

/** The work was stopped by Ctrl-C or a signal. */
class Interrupted extends Error {
  override name = 'Interrupted';
  /** As shells report a command that SIGINT ended. */
  readonly exitCode = 130;
}

/** What went wrong, and where the logs are; the exit code is that of the cause where it has one. */
class WorkFailed extends Error {
  override name = 'WorkFailed';
  readonly exitCode: number;

  constructor(cause: unknown, logs: string) {
    const isKnown = cause instanceof Error && 'exitCode' in cause;
    const reason = cause instanceof Error ? (isKnown ? cause.message : cause.stack) : String(cause);
    super(`${reason}\nThe logs are in ${logs}`, { cause });
    this.exitCode = isKnown ? Number(cause.exitCode) : 1;
  }
}

export interface TemporaryStack {
  stack: Stack;
  /** Of the stack's state; files put there go with it. */
  folder: string;
  /** Raised when the work is to end. */
  signal: AbortSignal;
}

/**
 * Does the work on a stack of its own, on free ports, and leaves nothing behind: not on failure, not on Ctrl-C (the
 * signal is raised then), not after kill -9 of this process. The logs of a failure are kept, and the error says where.
 * The caller ends its process afterwards: an interrupted start may still be at work.
 */
export async function withTemporaryStack<T>(
  { name, parent, env, say, modelSandbox = false }: TemporaryStackOptions,
  work: (own: TemporaryStack) => Promise<T>,
): Promise<T> {
  const stateDir = watchedFolder(name, parent);
  const { PATH, HOME } = process.env;
  const interruption = new AbortController();
  const interrupted = interruptedBy(interruption);
  const worked = async () => {
    const stack = await startStack({
      stateDir,
      ports: 'free',
      env: { PATH, HOME, ...env },
      say,
      modelSandbox,
    });
    return work({ stack, folder: stateDir, signal: interruption.signal });
  };
  try {
    return await Promise.race([worked(), interrupted]);
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    throw new WorkFailed(error, keepLogs(stateDir, name));
  } finally {
    await stopStack({ stateDir, say: () => undefined, wipe: true });
    rmSync(stateDir, { recursive: true, force: true });
  }
}

async function interruptedBy(interruption: AbortController): Promise<never> {
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM'), once(process, 'SIGHUP')]);
  interruption.abort();
  throw new Interrupted('interrupted');
}

/** A new folder; a process of its own removes it, and ends what was started in it, when this process has ended. */
function watchedFolder(name: string, parent: string): string {
  mkdirSync(parent, { recursive: true });
  const folder = mkdtempSync(join(parent, `aos-${name}-`));
  // Postgres, which does not run as root, must be able to pass.
  chmodSync(folder, 0o711);
  const caretaker = join(repositoryRoot, 'libs/tooling/src/processes/caretaker.ts');
  spawn(process.execPath, [caretaker, String(process.pid), folder], {
    detached: true,
    stdio: 'ignore',
    env: {},
  }).unref();
  return folder;
}

/** Copies the logs out of the folder that is about to go, in place of those of an earlier failure. */
function keepLogs(stateDir: string, name: string): string {
  const kept = join(programsDir, `${name}-logs`);
  rmSync(kept, { recursive: true, force: true });
  mkdirSync(kept, { recursive: true });
  for (const folder of [logsOf(stateDir), join(stateDir, 'servers')]) {
    if (!existsSync(folder)) continue;
    for (const file of globSync('*.log', { cwd: folder })) {
      cpSync(join(folder, file), join(kept, basename(file)));
    }
  }
  return kept;
}
