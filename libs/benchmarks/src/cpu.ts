import { readdirSync, readFileSync } from 'node:fs';

/** What Linux counts CPU time in, whatever the kernel's own clock (USER_HZ). */
const TICKS_PER_SECOND = 100;
const MS_PER_TICK = 1000 / TICKS_PER_SECOND;

interface ProcessTimes {
  parent: number;
  ownMs: number;
  /** Of children that have ended. */
  endedMs: number;
}

/** CPU time used so far by each of the processes, its descendants included, in ms. Linux only. */
export function cpuMsOf(roots: Readonly<Record<string, number>>): Record<string, number> {
  const times = readProcesses();
  const total = (root: number) => {
    const family = [...times].filter(([pid]) => descendsFrom(pid, root, times));
    const alive = family.reduce((sum, [, { ownMs }]) => sum + ownMs, 0);
    return alive + (times.get(root)?.endedMs ?? 0);
  };
  return Object.fromEntries(Object.entries(roots).map(([name, root]) => [name, total(root)]));
}

/** What was used between two measurements. */
export function cpuMsBetween(
  before: Readonly<Record<string, number>>,
  after: Readonly<Record<string, number>>,
): Record<string, number> {
  return Object.fromEntries(Object.entries(after).map(([name, ms]) => [name, ms - (before[name] ?? 0)]));
}

function readProcesses(): Map<number, ProcessTimes> {
  const pids = readdirSync('/proc').filter((entry) => /^\d+$/.test(entry));
  return new Map(
    pids.flatMap((pid) => {
      const times = timesOf(pid);
      return times === undefined ? [] : [[Number(pid), times] as const];
    }),
  );
}

function timesOf(pid: string): ProcessTimes | undefined {
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    return undefined;
  }
  // The command, field 2, may hold blanks and brackets; what follows it starts at field 3.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const field = (number: number) => Number(fields[number - 3]);
  return {
    parent: field(4),
    ownMs: (field(14) + field(15)) * MS_PER_TICK,
    endedMs: (field(16) + field(17)) * MS_PER_TICK,
  };
}

function descendsFrom(pid: number, root: number, times: ReadonlyMap<number, ProcessTimes>): boolean {
  for (let at = pid; at > 1; at = times.get(at)?.parent ?? 0) {
    if (at === root) return true;
  }
  return false;
}
