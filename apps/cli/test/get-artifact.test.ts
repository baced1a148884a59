import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { errorOf, problemOf, type ArtifactRef } from '@aos/contracts';
import { startHttpReceiver, type CannedResponse, type HttpReceiver } from '@aos/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aos } from './aos.ts';
import { RUN, RUN_ID } from './samples.ts';

const CONTENT = 'BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n';
const SHA256 = createHash('sha256').update(CONTENT).digest('hex');
const INVITE: ArtifactRef = {
  name: 'invite.ics',
  sha256: SHA256,
  bytes: CONTENT.length,
  media_type: 'text/calendar',
};

let api: HttpReceiver;
let env: Record<string, string>;
let folder: string;

beforeAll(async () => {
  api = await startHttpReceiver();
  env = { AOS_URL: api.url, AOS_API_KEY: 'the-key' };
  folder = mkdtempSync(join(tmpdir(), 'aos-artifact-'));
});

beforeEach(() => {
  api.requests.splice(0);
  api.respondWith(() => file());
});

afterAll(async () => {
  rmSync(folder, { recursive: true });
  await api.close();
});

const file = (sha256 = SHA256): CannedResponse => ({
  headers: { 'content-type': 'text/calendar', etag: `"${sha256}"`, 'x-request-id': 'r-7' },
  body: CONTENT,
});

const get = (...options: string[]) => aos(['get-artifact', RUN_ID, 'invite.ics', ...options], env);

describe('get-artifact', () => {
  it('writes the bytes and nothing else', async () => {
    expect(await get()).toMatchObject({ exitCode: 0, out: '', err: '', bytes: Buffer.from(CONTENT) });
    expect(api.requests[0]?.path).toBe(`/api/v1/runs/${RUN_ID}/artifacts/invite.ics`);
  });

  it('writes a file, and says what it is', async () => {
    const path = join(folder, 'saved.ics');
    const shown = await get('--output', path);
    expect(shown).toMatchObject({ exitCode: 0, err: '' });
    expect(shown.bytes).toHaveLength(0);
    expect(shown.out).toMatch(/type +text\/calendar\nsize +32 bytes\nsha256 +[0-9a-f]{64}$/);
    expect(readFileSync(path, 'utf8')).toBe(CONTENT);
    const machine = await get('--output', path, '--json');
    expect(JSON.parse(machine.out)).toEqual({ ...INVITE, file: path });
  });

  it('hands out nothing that was damaged on the way', async () => {
    api.respondWith(() => file('00'.repeat(32)));
    const path = join(folder, 'damaged.ics');
    const shown = await get('--output', path);
    expect(shown).toMatchObject({ exitCode: 3, err: expect.stringContaining('damaged') });
    expect(() => readFileSync(path)).toThrow('ENOENT');
  });

  it('tells why there is none', async () => {
    const problem = problemOf(errorOf('not_found', 'no such file'), 'r-7');
    api.respondWith(() => ({ status: 404, body: JSON.stringify(problem) }));
    expect(await get()).toMatchObject({ exitCode: 2, err: expect.stringContaining('no such file') });
    api.respondWith(() => ({ status: 200, body: 'whatever' }));
    expect((await get()).exitCode).toBe(3);
  });

  it('refuses what it cannot write', async () => {
    expect(await get('--output', join(folder, 'no/such/folder'))).toMatchObject({
      exitCode: 2,
      err: expect.stringContaining('cannot write'),
    });
    api.requests.splice(0);
    expect(await get('--json')).toMatchObject({ exitCode: 2, out: expect.stringContaining('--output') });
    expect(api.requests).toEqual([]);
  });
});

describe('get-run', () => {
  it('lists the files of the run, and says where a large output is', async () => {
    const output: ArtifactRef = {
      ...INVITE,
      name: 'fetch.output.json',
      bytes: 1_048_576,
      media_type: 'application/json',
    };
    const [step] = RUN.steps;
    const run = {
      ...RUN,
      status: 'succeeded',
      steps: [{ ...step, status: 'succeeded', error: null, output_artifact: output }],
      artifacts: [output, INVITE],
      outcome: { output: null, output_artifact: output, error: null },
    };
    api.respondWith(() => ({ body: JSON.stringify(run) }));
    const { out } = await aos(['get-run', RUN_ID], env);
    expect(out).toMatch(/^output +in fetch\.output\.json$/m);
    expect(out).toMatch(/^fetch +http_call +succeeded .* in fetch\.output\.json$/m);
    expect(out).toMatch(/^fetch\.output\.json +application\/json +1,048,576 bytes$/m);
    expect(out).toMatch(/^invite\.ics +text\/calendar +32 bytes$/m);
  });
});
