import { execFile } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { repositoryRoot } from '@aos/tooling';

const run = promisify(execFile);
const PROVIDE = join(repositoryRoot, 'libs/tooling/src/provision/provide.ts');
const EXIT = join(repositoryRoot, 'libs/tooling/src/commands/exit.ts');

let programsDir: string;
beforeEach(() => {
  programsDir = mkdtempSync(join(tmpdir(), 'programs-'));
});
afterEach(() => rmSync(programsDir, { recursive: true }));

/** Asks for a Redis on a machine on which nothing can be found or fetched by PATH. */
async function provideRedis(path: string) {
  const script = `
    import { provide } from '${PROVIDE}';
    import { runCommand, say } from '${EXIT}';
    await runCommand(async () => console.log(await provide('redis', say)));`;
  const env = { PATH: path, AOS_PROGRAMS_DIR: programsDir };
  const child = run(process.execPath, ['--input-type=module', '-e', script], { env });
  try {
    return { code: 0, ...(await child) };
  } catch (error) {
    return { stdout: '', stderr: '', code: 0, ...Object(error) };
  }
}

describe('providing a server program', () => {
  it('says each thing it tried and ends with the commands to type and exit code 3', async () => {
    const { code, stderr } = await provideRedis('/nowhere');
    expect(code).toBe(3);
    expect(stderr).toContain('with apt-get');
    expect(stderr).toContain('with pip');
    expect(stderr).toContain('sudo apt-get install -y redis-server');
  });

  it('takes what was fetched before, without a word and without fetching', async () => {
    const program = join(programsDir, 'bin', 'redis-server');
    mkdirSync(join(programsDir, 'bin'));
    writeFileSync(program, '#!/bin/sh\n');
    chmodSync(program, 0o755);
    const { stdout, stderr } = await provideRedis('/nowhere');
    expect(stdout.trim()).toBe(program);
    expect(stderr).toBe('');
  });
});
