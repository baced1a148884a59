import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { cpuMsBetween, cpuMsOf } from './cpu.ts';

/** On a busy machine 300 ms of CPU may take longer. */
const BUSY = 'while (process.cpuUsage().user < 300_000);';

describe('CPU time', () => {
  it('of a process counts that of its children while they run and when they have ended', async () => {
    const roots = { family: process.pid };
    const before = cpuMsOf(roots);
    const child = spawn(process.execPath, ['-e', `${BUSY} console.log('done'); setInterval(() => {}, 1000)`]);
    await once(child.stdout, 'data');
    expect(cpuMsBetween(before, cpuMsOf(roots))['family']).toBeGreaterThan(100);
    child.kill();
    await once(child, 'exit');
    expect(cpuMsBetween(before, cpuMsOf(roots))['family']).toBeGreaterThan(100);
  });

  it('of a process that does not run is nothing', () => {
    expect(cpuMsOf({ nobody: 2 ** 30 })).toEqual({ nobody: 0 });
  });
});
