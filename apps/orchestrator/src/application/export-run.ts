import { createHash } from 'node:crypto';
import {
  ARTIFACT_CHUNK_BYTES,
  errorOf,
  fail,
  invalidRequest,
  succeed,
  type ArtifactRef,
  type CloudEvent,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
  type runsExport,
} from '@aos/contracts';
import { LRUCache } from 'lru-cache';
import { fold } from '../domain/run/evolve.ts';
import type { RunEvent, RunState } from '../domain/run/state.ts';
import { summaryView, type RunRecord } from '../domain/run/view.ts';
import type { JournalRow } from './engine/ports.ts';
import type { RunReader } from './run-reader.ts';

/** An export is read piece by piece: meanwhile it is at hand, as it was at its first piece. */
const AT_HAND = { maxSize: 64 * 1024 * 1024, ttl: 60_000 };

interface Export {
  artifact: ArtifactRef;
  content: Buffer;
}

/** A run as lines of JSON: what it is, its events, and a manifest with the hash of the lines before it. */
export function exportRun(
  runs: Pick<RunReader, 'findWithJournal'>,
  toCloudEvent: (row: JournalRow) => CloudEvent,
) {
  const beingRead = new LRUCache<string, Export>({
    ...AT_HAND,
    sizeCalculation: ({ content }) => content.length,
  });
  return async (
    { tenantId }: RequestContext,
    { run_id: runId, offset }: InputOf<typeof runsExport>,
  ): Promise<StructuredOutcome<OutputOf<typeof runsExport>>> => {
    const key = `${tenantId}/${runId}`;
    let whole = offset === 0 ? undefined : beingRead.get(key);
    if (whole === undefined) {
      const found = await runs.findWithJournal(tenantId, runId);
      if (found === undefined) return fail(errorOf('not_found', `no run ${runId}`));
      whole = exportOf(found.record, found.events, toCloudEvent);
      beingRead.set(key, whole);
    }
    const { artifact, content } = whole;
    if (offset > content.length)
      return fail(invalidRequest([{ field: '/offset', message: `the export has ${content.length} bytes` }]));
    const piece = content.subarray(offset, offset + ARTIFACT_CHUNK_BYTES);
    return succeed({ artifact, offset, content_base64: piece.toString('base64') });
  };
}

function exportOf(
  record: RunRecord,
  events: readonly RunEvent[],
  toCloudEvent: (row: JournalRow) => CloudEvent,
): Export {
  const { runId, tenantId, agentId } = record;
  const state = fold(events);
  const told = events.map((event) => ({
    kind: 'event',
    event: toCloudEvent({ runId, tenantId, agentId, traceparent: '', event }),
  }));
  const lines = [headOf(record, state, events), ...told].map((line) => `${JSON.stringify(line)}\n`);
  const manifest = {
    kind: 'manifest',
    run_id: runId,
    events: events.length,
    artifacts: state.artifacts.length,
    sha256: sha256Of(lines.join('')),
  };
  const content = Buffer.from(`${lines.join('')}${JSON.stringify(manifest)}\n`);
  const artifact = {
    name: `${runId}.ndjson`,
    sha256: sha256Of(content),
    bytes: content.length,
    media_type: 'application/x-ndjson',
  };
  return { artifact, content };
}

function headOf(record: RunRecord, state: RunState, events: readonly RunEvent[]) {
  const engines = events.flatMap((event) =>
    event.type === 'run.started' ? [event.data.engine_version] : [],
  );
  return {
    kind: 'run',
    run: summaryView(record),
    versions: {
      engine: engines.at(-1) ?? null,
      agent: state.agentVersion,
      skills: Object.fromEntries(
        (state.plan?.steps ?? []).map(({ skill, skill_version }) => [skill, skill_version]),
      ),
    },
    plan: state.plan,
    /** Read at /runs/{id}/artifacts/{name}. */
    artifacts: state.artifacts,
  };
}

function sha256Of(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex');
}
