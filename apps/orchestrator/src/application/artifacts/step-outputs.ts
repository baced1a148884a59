import {
  EVENT_PAYLOAD_BYTES_MAX,
  errorOf,
  fail,
  succeed,
  type ArtifactRef,
  type StructuredOutcome,
} from '@aos/contracts';
import { stepsReferredTo } from '../../domain/plan/references.ts';
import type { RunState } from '../../domain/run/state.ts';
import type { Json, JsonObject } from '../../domain/skill/skill.ts';
import type { ArtifactKeeper } from './artifact-keeper.ts';

/** A step's output as the journal has it: itself, or where it is kept. */
export interface KeptOutput {
  output: Json;
  outputArtifact: ArtifactRef | null;
}

export interface Producer {
  tenantId: string;
  stepId: string;
}

/**
 * An output as the journal takes it: one too large for a row and an event becomes an artifact. In a row it must fit the
 * text type of every reader, so it has no NUL.
 */
export async function keepOutput(
  artifacts: ArtifactKeeper,
  { tenantId, stepId }: Producer,
  output: Json,
): Promise<StructuredOutcome<KeptOutput>> {
  const json = JSON.stringify(output) ?? 'null';
  if (Buffer.byteLength(json) <= EVENT_PAYLOAD_BYTES_MAX) {
    if (!json.includes('\\u0000')) return succeed({ output, outputArtifact: null });
    return fail(errorOf('payload_limit', 'the output contains a NUL character'));
  }
  const file = {
    name: `${stepId}.output.json`,
    mediaType: 'application/json',
    content: Buffer.from(json),
  };
  const kept = await artifacts.keep(tenantId, file);
  return kept.ok ? succeed({ output: null, outputArtifact: kept.value }) : kept;
}

/** The outputs that params refer to and that are kept as artifacts, by step. */
export async function readOutputs(
  artifacts: ArtifactKeeper,
  tenantId: string,
  params: JsonObject,
  state: RunState,
): Promise<StructuredOutcome<ReadonlyMap<string, Json>>> {
  const outputs = new Map<string, Json>();
  // Most runs have none, and their params need not be looked through.
  if (state.artifacts.length === 0) return succeed(outputs);
  for (const stepId of stepsReferredTo(params)) {
    const artifact = Object.hasOwn(state.steps, stepId) ? state.steps[stepId]?.outputArtifact : null;
    if (!artifact) continue;
    const content = await artifacts.read(tenantId, artifact);
    if (!content.ok) return content;
    outputs.set(stepId, JSON.parse(Buffer.from(content.value).toString('utf8')));
  }
  return succeed(outputs);
}
