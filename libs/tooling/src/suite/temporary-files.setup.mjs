import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CARETAKER = join(import.meta.dirname, '../processes/caretaker.ts');

/**
 * jest's globalSetup: gives a run a folder for temporary files of its own. It goes with whatever tests leave in it as
 * soon as jest has ended, also after failures and kill -9.
 */
export default function keepTemporaryFilesTogether() {
  const folder = mkdtempSync(join(tmpdir(), 'aos-jest-'));
  // Postgres, which does not run as root, must be able to pass.
  chmodSync(folder, 0o711);
  // Workers are started after this, and inherit it.
  process.env.TMPDIR = folder;
  const args = [CARETAKER, String(process.pid), folder];
  spawn(process.execPath, args, { detached: true, stdio: 'ignore', env: {} }).unref();
}
