import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { waitUntil } from '../wait-until.ts';

/** A process as it is written to disk. Pids are reused, hence the start time: both must fit. */
export interface ProcessRecord {
  pid: number;
  /** Opaque: compared, never read. */
  startedAt: string;
}

/** The record of a process that is alive now; undefined when there is none (a zombie counts as none). */
export function recordOf(pid: number): ProcessRecord | undefined {
  const startedAt = process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

function startOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The second field, the command, may hold blanks and brackets; what follows it starts at field 3, the state.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, threads, startedAt] = [fields[0], Number(fields[17]), fields[19]];
    // A killed process with threads counts as a zombie while its last threads still hold its ports.
    const hasEnded = state === 'X' || (state === 'Z' && threads <= 1);
    return hasEnded ? undefined : startedAt;
  } catch {
    return undefined;
  }
}

function startByPs(pid: number): string | undefined {
  try {
    const line = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], { encoding: 'utf8' }).trim();
    return line === '' || line.startsWith('Z') ? undefined : line.replace(/^\S+\s+/, '');
  } catch {
    return undefined;
  }
}

export function isRunning(record: ProcessRecord): boolean {
  return recordOf(record.pid)?.startedAt === record.startedAt;
}

export function sendSignal(record: ProcessRecord, signal: NodeJS.Signals): void {
  if (!isRunning(record)) return;
  try {
    process.kill(record.pid, signal);
  } catch (error) {
    // It ended between the look and the signal.
    if (isRunning(record)) throw error;
  }
}

interface StopOptions {
  signal?: NodeJS.Signals;
  /** How long the process may take before it is killed. Default 30 s. */
  graceMs?: number;
}

/** Asks the process to end, waits, kills it if need be. Returns whether it ended by itself. */
export async function stopProcess(
  record: ProcessRecord,
  { signal = 'SIGTERM', graceMs = 30_000 }: StopOptions = {},
): Promise<boolean> {
  sendSignal(record, signal);
  const giveUpAtMs = performance.now() + graceMs;
  const outcome = await waitUntil(
    () => (isRunning(record) ? performance.now() > giveUpAtMs && 'late' : 'ended'),
    { timeoutMs: graceMs + 1000, what: `process ${record.pid} ends` },
  );
  if (outcome === 'late') await killProcess(record);
  return outcome === 'ended';
}

/** kill -9, and waits until the process is gone. */
export async function killProcess(record: ProcessRecord): Promise<void> {
  sendSignal(record, 'SIGKILL');
  await waitUntil(() => !isRunning(record), { what: `process ${record.pid} is gone after SIGKILL` });
}
