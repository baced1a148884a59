import {
  ARTIFACT_CHUNK_BYTES,
  succeed,
  type ArtifactRef,
  type EventData,
  type RequestContext,
} from '@aos/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import type { RunEvent } from '../../domain/run/state.ts';
import type { RunReader } from '../run-reader.ts';
import { ArtifactKeeper } from './artifact-keeper.ts';
import { readArtifact } from './read-artifact.ts';

const RUN_ID = '01940b4d-1c00-7000-8000-000000000001';
const TIME = '2026-01-01T00:00:00.000Z';
const CONTENT = Buffer.from(Array.from({ length: ARTIFACT_CHUNK_BYTES * 2 + 7 }, (_, at) => at % 256));

const QUEUED: EventData<'run.queued'> = {
  goal: 'g',
  agent_version: 1,
  priority: 5,
  max_steps: 5,
  reserved_microcents: 0,
  context: {},
  labels: {},
};

const refOf = (sha256: string, bytes: number): ArtifactRef => ({
  name: 'out.bin',
  sha256,
  bytes,
  media_type: 'application/x-out',
});

let artifacts: ArtifactRef[];
let lookUps: number;

beforeEach(() => {
  artifacts = [refOf('content', CONTENT.length)];
  lookUps = 0;
});

const unwanted = () => Promise.reject(new Error('not wanted'));

/** A journal of the tenant `acme` in which the artifacts were made. */
const runs: RunReader = {
  find: unwanted,
  events: unwanted,
  list: unwanted,
  findWithJournal: async (tenantId, runId) => {
    lookUps += 1;
    if (tenantId !== 'acme' || runId !== RUN_ID) return undefined;
    const events: RunEvent[] = [
      { seq: 1, type: 'run.queued', time: TIME, data: QUEUED },
      ...artifacts.map((artifact, at): RunEvent => ({
        seq: at + 2,
        type: 'artifact.created',
        time: TIME,
        data: { step_id: 's', artifact },
      })),
    ];
    return { record: undefined as never, events };
  },
};

const keeper = new ArtifactKeeper({
  put: unwanted,
  get: async (_tenantId, sha256) => succeed(sha256 === 'content' ? CONTENT : Buffer.from(sha256)),
  ping: unwanted,
});

const read = readArtifact(runs, keeper);

function ask(offset: number, { tenantId = 'acme', name = 'out.bin' } = {}) {
  const context: RequestContext = {
    tenantId,
    actor: { id: 'key:1', level: 1 },
    requestId: 'r',
    deadlineMs: Number.MAX_SAFE_INTEGER,
    traceparent: '',
    signal: new AbortController().signal,
  };
  return read(context, { run_id: RUN_ID, name, offset });
}

describe('reading an artifact', () => {
  it('gives it piece by piece, and looks into the journal once', async () => {
    const pieces: Buffer[] = [];
    for (let offset = 0; offset < CONTENT.length; offset += ARTIFACT_CHUNK_BYTES) {
      const piece = await ask(offset);
      if (!piece.ok) throw new Error(piece.error.message);
      expect(piece.value).toMatchObject({ artifact: artifacts[0], offset });
      pieces.push(Buffer.from(piece.value.content_base64, 'base64'));
    }
    expect(pieces.map(({ length }) => length)).toEqual([ARTIFACT_CHUNK_BYTES, ARTIFACT_CHUNK_BYTES, 7]);
    expect(Buffer.concat(pieces).equals(CONTENT)).toBe(true);
    expect(lookUps).toBe(1);
  });

  it('begins with the file that has the name now, and reads on in the one it began with', async () => {
    await ask(0);
    artifacts.push(refOf('newer', 5));
    expect(await ask(ARTIFACT_CHUNK_BYTES)).toMatchObject({ value: { artifact: { sha256: 'content' } } });
    expect(await ask(0)).toMatchObject({ value: { artifact: { sha256: 'newer' } } });
    expect(await ask(5)).toMatchObject({ value: { artifact: { sha256: 'newer' }, content_base64: '' } });
  });

  it('reads on where another process began', async () => {
    const elsewhere = { run_id: RUN_ID, name: 'out.bin', offset: CONTENT.length - 1 };
    const fresh = readArtifact(runs, keeper);
    const piece = await fresh({ tenantId: 'acme' } as RequestContext, elsewhere);
    expect(piece.ok && Buffer.from(piece.value.content_base64, 'base64')).toEqual(CONTENT.subarray(-1));
  });

  it("finds nothing in another tenant's run, and nothing under another name", async () => {
    await ask(0);
    expect(await ask(0, { tenantId: 'other' })).toMatchObject({ error: { code: 'not_found' } });
    expect(await ask(1, { tenantId: 'other' })).toMatchObject({ error: { code: 'not_found' } });
    expect(await ask(0, { name: 'else' })).toMatchObject({ error: { code: 'not_found' } });
  });

  it('refuses to begin behind its end', async () => {
    expect(await ask(CONTENT.length + 1)).toMatchObject({
      error: { code: 'invalid_request', message: expect.stringContaining('/offset') },
    });
  });
});
