import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import {
  isRunning,
  killProcess,
  recordOf,
  sendSignal,
  stopProcess,
  type ProcessRecord,
} from './process-record.ts';

async function start(script: string): Promise<ProcessRecord> {
  const child = spawn(process.execPath, ['-e', `${script}; console.log('up'); setInterval(() => {}, 1000)`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await once(child.stdout, 'data');
  const record = recordOf(child.pid ?? 0);
  if (record === undefined) throw new Error('the process did not start');
  return record;
}

describe('a process record', () => {
  it('does not take another process for its own when the pid was used again', async () => {
    const record = await start('');
    const earlier = { ...record, startedAt: '1' };
    expect(isRunning(record)).toBe(true);
    expect(isRunning(earlier)).toBe(false);
    sendSignal(earlier, 'SIGKILL');
    expect(isRunning(record)).toBe(true);
    await killProcess(record);
    expect(isRunning(record)).toBe(false);
  });

  it('tells whether a process ended by itself or had to be killed', async () => {
    const kind = await start('');
    expect(await stopProcess(kind)).toBe(true);
    const stubborn = await start("process.on('SIGTERM', () => {})");
    expect(await stopProcess(stubborn, { graceMs: 100 })).toBe(false);
    expect(isRunning(stubborn)).toBe(false);
  });
});
