import { z } from 'zod';
import { artifactName, artifactRef } from '../../artifact.ts';
import { defineCommand } from '../../command.ts';
import { id } from '../../values.ts';

/** A piece of an artifact, at most ARTIFACT_CHUNK_BYTES long. */
export const artifactsRead = defineCommand({
  subject: 'orchestrator.artifacts.read.v1',
  owner: 'orchestrator',
  callers: ['api-gateway', 'eval'],
  summary: 'Read an artifact of a run',
  input: z.strictObject({ run_id: id, name: artifactName, offset: z.int().nonnegative().default(0) }),
  output: z.object({ artifact: artifactRef, offset: z.int(), content_base64: z.string() }),
  errors: ['not_found', 'artifact_unavailable', 'unavailable'],
  timeoutMs: 10_000,
  idempotent: true,
});
