import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from '@jest/globals';
import {
  isRunning,
  PROCESS_FILE,
  recordOf,
  repositoryRoot,
  sendSignal,
  waitUntil,
  writeProcessFile,
} from '@aos/tooling';

function startIdle() {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' });
  const record = child.pid === undefined ? undefined : recordOf(child.pid);
  if (record === undefined) throw new Error('the process did not start');
  return record;
}

it('what a killed test run started is ended and its folder removed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'caretaker-'));
  const [testRun, server] = [startIdle(), startIdle()];
  writeProcessFile(join(folder, 'deep', `server${PROCESS_FILE}`), {
    ...server,
    port: 1,
    stopSignal: 'SIGTERM',
  });
  const caretaker = join(repositoryRoot, 'libs/tooling/src/processes/caretaker.ts');
  spawn(process.execPath, [caretaker, String(testRun.pid), folder], { stdio: 'ignore' });

  sendSignal(testRun, 'SIGKILL');
  await waitUntil(() => !existsSync(folder), { what: 'the folder is removed' });
  await waitUntil(() => !isRunning(server), { what: 'the end of the process that was killed' });
});
