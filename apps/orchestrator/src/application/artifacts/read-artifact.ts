import {
  ARTIFACT_CHUNK_BYTES,
  errorOf,
  fail,
  invalidRequest,
  succeed,
  type ArtifactRef,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
  type artifactsRead,
} from '@aos/contracts';
import { LRUCache } from 'lru-cache';
import { fold } from '../../domain/run/evolve.ts';
import type { RunReader } from '../run-reader.ts';
import type { ArtifactKeeper } from './artifact-keeper.ts';

/** A file that is being read is looked up in its run's journal once, and stays the same although another takes its name. */
const READ_ON = { max: 1_000, ttl: 60_000 };

/** A piece of a file of a run. */
export function readArtifact(runs: RunReader, artifacts: ArtifactKeeper) {
  const beingRead = new LRUCache<string, ArtifactRef>(READ_ON);
  const find = async (tenantId: string, runId: string, name: string): Promise<ArtifactRef | undefined> => {
    const found = await runs.findWithJournal(tenantId, runId);
    return found && fold(found.events).artifacts.find((artifact) => artifact.name === name);
  };
  return async (
    { tenantId }: RequestContext,
    { run_id: runId, name, offset }: InputOf<typeof artifactsRead>,
  ): Promise<StructuredOutcome<OutputOf<typeof artifactsRead>>> => {
    const key = `${tenantId}/${runId}/${name}`;
    const known = offset === 0 ? undefined : beingRead.get(key);
    const artifact = known ?? (await find(tenantId, runId, name));
    if (artifact === undefined) return fail(errorOf('not_found', `no run ${runId} with a file ${name}`));
    if (offset > artifact.bytes) {
      return fail(invalidRequest([{ field: '/offset', message: `the file has ${artifact.bytes} bytes` }]));
    }
    beingRead.set(key, artifact);
    const content = await artifacts.read(tenantId, artifact);
    if (!content.ok) return content;
    const piece = content.value.subarray(offset, offset + ARTIFACT_CHUNK_BYTES);
    return succeed({ artifact, offset, content_base64: Buffer.from(piece).toString('base64') });
  };
}
