import {
  succeed,
  type ArtifactRef,
  type OutputOf,
  type StructuredOutcome,
  type runsReplay,
} from '@aos/contracts';
import { stepsReferredTo } from '../../domain/plan/references.ts';
import type { Deed } from '../../domain/replay/deed.ts';
import { replayExact } from '../../domain/replay/replay-exact.ts';
import { ENGINE_VERSION, type Json, type RunEvent } from '../../domain/run/state.ts';
import type { ArtifactKeeper } from '../artifacts/artifact-keeper.ts';
import { canonicalHash } from './canonical-hash.ts';
import { effectKeysOf } from './effect-keys.ts';

type ExactReport = Extract<OutputOf<typeof runsReplay>, { mode: 'EXACT' }>;

interface Journal {
  tenantId: string;
  runId: string;
  events: readonly RunEvent[];
}

/** Judges a journal by the engine of today; executes and changes nothing. */
export async function judgeJournal(
  artifacts: Pick<ArtifactKeeper, 'read'>,
  { tenantId, runId, events }: Journal,
): Promise<StructuredOutcome<ExactReport>> {
  const outputs = await readOutputs(artifacts, tenantId, outputsReferredTo(events));
  if (!outputs.ok) return outputs;
  const { divergence, reason, ...replay } = replayExact(events, {
    hash: canonicalHash,
    keyOf: effectKeysOf(runId, outputs.value),
  });
  return succeed({
    mode: 'EXACT',
    run_id: runId,
    engine_version: replay.engineVersion,
    replayed_by: ENGINE_VERSION,
    events: replay.events,
    commands: replay.commands,
    verdict: replay.verdict,
    divergence: divergence && {
      run_seq: divergence.run_seq,
      expected: divergence.expected.map(toJson),
      found: toJson(divergence.found),
    },
    reason: reason && { code: reason.code, run_seq: reason.runSeq },
    sha256: replay.hash,
  });
}

/** Outputs kept as artifacts that the params of an announced effect refer to: its key is a hash over them. */
function outputsReferredTo(events: readonly RunEvent[]): ArtifactRef[] {
  const plans = events.flatMap((event) => (event.type === 'plan.created' ? (event.data?.steps ?? []) : []));
  const wanted = new Set(plans.flatMap(({ params }) => [...stepsReferredTo(params)]));
  return events.flatMap((event) => {
    if (event.type !== 'step.finished') return [];
    const artifact = event.data?.output_artifact;
    return artifact !== undefined && wanted.has(event.data.step_id) ? [artifact] : [];
  });
}

async function readOutputs(
  artifacts: Pick<ArtifactKeeper, 'read'>,
  tenantId: string,
  wanted: readonly ArtifactRef[],
): Promise<StructuredOutcome<ReadonlyMap<string, Json>>> {
  const outputs = new Map<string, Json>();
  for (const artifact of wanted) {
    const content = await artifacts.read(tenantId, artifact);
    if (!content.ok) return content;
    outputs.set(artifact.sha256, JSON.parse(Buffer.from(content.value).toString('utf8')));
  }
  return succeed(outputs);
}

/** As it goes over the wire: what is undefined is not there. */
function toJson(deed: Deed): Record<string, Json> {
  return JSON.parse(JSON.stringify(deed));
}
