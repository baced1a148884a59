import { artifactsRead, errorOf, fail, succeed, type ArtifactRef, type ErrorSpec } from '@aos/contracts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { request } from 'node:http';
import type { FakeOrchestrator } from './fake-orchestrator.ts';
import { ID } from './samples.ts';
import { BOOTSTRAP_KEY, type Gateway } from './start-gateway.ts';
import { startSurroundings, type Surroundings } from './surroundings.ts';

const PIECE_BYTES = 100;
const CONTENT = Buffer.from(Array.from({ length: 1050 }, (_, at) => at % 256));
const REF: ArtifactRef = {
  name: 'report.bin',
  sha256: createHash('sha256').update(CONTENT).digest('hex'),
  bytes: CONTENT.length,
  media_type: 'application/x-report',
};

let surroundings: Surroundings;
let gateway: Gateway;
let orchestrator: FakeOrchestrator;

beforeAll(async () => {
  surroundings = await startSurroundings();
  orchestrator = surroundings.orchestrator;
  gateway = await surroundings.gateway();
}, 120_000);

afterAll(() => surroundings.stop());

/** What the owner answers for the piece at an offset: another artifact, or a failure. */
type Change = (offset: number) => { ref?: ArtifactRef; failure?: ErrorSpec } | undefined;

function serve(content: Buffer, ref = REF, change: Change = () => undefined): void {
  orchestrator.received.length = 0;
  orchestrator.respondWith(async ({ input }) => {
    const { offset } = artifactsRead.input.parse(input);
    const changed = change(offset);
    if (changed?.failure !== undefined) return fail(changed.failure);
    const piece = content.subarray(offset, offset + PIECE_BYTES);
    return succeed({
      artifact: changed?.ref ?? ref,
      offset,
      content_base64: piece.toString('base64'),
    });
  });
}

beforeEach(() => serve(CONTENT));

const HEADERS = { 'x-aos-key': BOOTSTRAP_KEY };
const PATH = `/api/v1/runs/${ID}/artifacts/report.bin`;

const get = (path = PATH, headers: Record<string, string> = {}, method = 'GET') =>
  fetch(gateway.url + path, { method, headers: { ...HEADERS, ...headers } });

/** As it is written, while fetch tidies paths. */
function statusOf(path: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    request(gateway.url, { path, headers: HEADERS }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end();
  });
}

describe('an artifact', () => {
  it.each([PATH, PATH.replace('/api/v1', '')])(
    'is sent byte by byte, whatever its pieces: %s',
    async (path) => {
      const response = await get(path);
      expect(response.status).toBe(200);
      expect(Buffer.from(await response.arrayBuffer()).equals(CONTENT)).toBe(true);
      expect(Object.fromEntries(response.headers)).toMatchObject({
        'content-type': 'application/x-report',
        'content-length': '1050',
        'content-disposition': 'attachment; filename="report.bin"',
        'x-content-type-options': 'nosniff',
        etag: `"${REF.sha256}"`,
      });
      const asked = orchestrator.received.map(({ input }) => artifactsRead.input.parse(input));
      expect(asked.map(({ offset }) => offset)).toEqual(
        Array.from({ length: 11 }, (_, piece) => piece * 100),
      );
      expect(new Set(asked.map(({ run_id, name }) => `${run_id} ${name}`))).toEqual(
        new Set([`${ID} report.bin`]),
      );
    },
  );

  it('may be empty', async () => {
    serve(Buffer.alloc(0), { ...REF, bytes: 0 });
    const response = await get();
    expect(response.headers.get('content-length')).toBe('0');
    expect(await response.text()).toBe('');
  });

  it.each(['"x", "%"', 'W/"%"', '*'])('is not sent to whoever has it: %s', async (tags) => {
    const response = await get(PATH, { 'if-none-match': tags.replace('%', REF.sha256) });
    expect(response.status).toBe(304);
    expect(response.headers.get('etag')).toBe(`"${REF.sha256}"`);
    expect(await response.text()).toBe('');
    expect(orchestrator.received).toHaveLength(1);
  });

  it('is sent to whoever has another', async () => {
    const response = await get(PATH, { 'if-none-match': '"other"' });
    expect((await response.arrayBuffer()).byteLength).toBe(CONTENT.length);
  });

  it('is only described to HEAD', async () => {
    const response = await get(PATH, {}, 'HEAD');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-length')).toBe('1050');
    expect(orchestrator.received).toHaveLength(1);
  });

  it.each([
    ['not_found', 404],
    ['artifact_unavailable', 503],
  ] as const)('that is refused with %s is a problem (%i)', async (code, status) => {
    serve(CONTENT, REF, () => ({ failure: errorOf(code, 'because') }));
    const response = await get();
    expect(response.status).toBe(status);
    expect(response.headers.get('content-type')).toContain('application/problem+json');
    expect(await response.json()).toMatchObject({ code, detail: 'because' });
  });

  it.each<[string, Change]>([
    ['breaks off', (offset) => (offset < 500 ? {} : { failure: errorOf('unavailable', 'gone') })],
    ['is replaced', (offset) => (offset < 500 ? {} : { ref: { ...REF, sha256: '00'.repeat(32) } })],
  ])('that %s half way cuts the connection instead of passing for whole', async (_what, change) => {
    serve(CONTENT, REF, change);
    const response = await get();
    expect(response.status).toBe(200);
    await expect(response.arrayBuffer()).rejects.toThrow('terminated');
  });

  it.each([
    '..',
    '%2e%2e',
    '..%2F..%2Fx',
    '.hidden',
    'a%2Fb',
    'a%5Cb',
    'a%22b',
    'a%0Ab',
    'x'.repeat(129),
    '%20',
  ])('is not looked for under the name %s', async (name) => {
    const status = await statusOf(`/api/v1/runs/${ID}/artifacts/${name}`);
    expect(status).toBeGreaterThanOrEqual(400);
    expect(status).toBeLessThan(500);
    expect(orchestrator.received).toEqual([]);
  });
});
