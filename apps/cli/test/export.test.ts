import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHttpReceiver, type HttpReceiver } from '@aos/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { aos } from './aos.ts';
import { RUN } from './samples.ts';

const IDS = [3, 2, 1].map((number) => `019b76da-b940-7d77-812d-76c1d6cc160${number}`);
const [third = '', second = '', first = ''] = IDS;
const DAYS = new Map(IDS.map((id, index) => [id, `2026-01-0${3 - index}T00:00:00.000Z`]));

const exported = (id: string): string =>
  `{"kind":"run","id":"${id}"}\n{"kind":"manifest","run_id":"${id}"}\n`;

let api: HttpReceiver;
let env: Record<string, string>;
let folder: string;
let file: string;

beforeAll(async () => {
  api = await startHttpReceiver();
  env = { AOS_URL: api.url, AOS_API_KEY: 'the-key' };
  folder = mkdtempSync(join(tmpdir(), 'aos-export-'));
});
beforeEach(() => {
  api.requests.splice(0);
  file = join(folder, `${Math.random()}.ndjson`);
  api.respondWith(({ path }) => {
    const id = /runs\/([^/]+)\/export/.exec(path)?.[1];
    return id === undefined ? listed(path) : download(exported(id));
  });
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await api.close();
});

function download(body: string) {
  const etag = `"${createHash('sha256').update(body).digest('hex')}"`;
  return { headers: { 'content-type': 'application/x-ndjson', etag }, body };
}

/** Two runs a page, those older than the cursor. */
function listed(path: string) {
  const cursor = new URL(path, 'http://api').searchParams.get('cursor') ?? 'z';
  const older = IDS.filter((id) => id < cursor);
  const data = older.slice(0, 2).map((id) => ({ ...RUN, run_id: id, created_at: DAYS.get(id) }));
  const next_cursor = older.length > 2 ? data.at(-1)?.run_id : null;
  return {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ data, next_cursor }),
  };
}

const all = (...options: string[]) => aos(['export-runs', '--out', file, '--json', ...options], env);

const written = (): string => readFileSync(file, 'utf8');

describe('export-run', () => {
  it('writes the run as it came, checked by its hash', async () => {
    expect(await aos(['export-run', first, '--out', file], env)).toMatchObject({ exitCode: 0, err: '' });
    expect(written()).toBe(exported(first));
    api.respondWith(() => ({ ...download(exported(first)), body: 'damaged' }));
    expect((await aos(['export-run', first, '--out', file], env)).exitCode).toBe(3);
  });
});

describe('export-runs', () => {
  it('writes every run, page by page', async () => {
    expect(JSON.parse((await all()).out)).toMatchObject({ runs: 3, gone_on_after: null });
    expect(written()).toBe(IDS.map(exported).join(''));
  });

  it('goes on after the last run that is whole in the file', async () => {
    writeFileSync(file, `${exported(third)}{"kind":"run","id":"cut o`);
    expect(JSON.parse((await all()).out)).toMatchObject({ runs: 2, gone_on_after: third });
    expect(written()).toBe(IDS.map(exported).join(''));
  });

  it('takes the runs between two times, and asks no further than it has to', async () => {
    await all('--since', '2026-01-02T00:00:00Z', '--until', '2026-01-03T00:00:00Z', '--status', 'failed');
    expect(written()).toBe(exported(second));
    expect(api.requests[0]?.path).toContain('status=failed');
    expect((await all('--since', 'yesterday')).exitCode).toBe(2);
  });

  it('leaves what it has where it is refused', async () => {
    api.respondWith(({ path }) => (path.includes('/export') ? { status: 503, body: '' } : listed(path)));
    expect((await all()).exitCode).toBe(3);
  });
});
