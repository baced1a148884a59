import { readFileSync } from 'node:fs';

/** What a process holds in memory, in MiB. */
export interface ProcessMemory {
  /** All of its pages, those shared with other processes in full. */
  rssMib: number;
  /** Shared pages divided by how many share them: what adds up over processes. */
  pssMib: number;
}

/** Reads it from /proc. */
export function memoryOf(pid: number): ProcessMemory {
  return parseSmapsRollup(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
}

export function parseSmapsRollup(text: string): ProcessMemory {
  const mib = (name: string) => {
    const kib = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1];
    if (kib === undefined) throw new Error(`smaps_rollup has no ${name}`);
    return Number(kib) / 1024;
  };
  return { rssMib: mib('Rss'), pssMib: mib('Pss') };
}
