import { z } from 'zod';
import { artifactRef } from '../../artifact.ts';
import { defineCommand } from '../../command.ts';
import { id } from '../../values.ts';

/** A piece of the export of a run, at most ARTIFACT_CHUNK_BYTES long: read like a file of the run. */
export const runsExport = defineCommand({
  subject: 'orchestrator.runs.export.v1',
  owner: 'orchestrator',
  callers: ['api-gateway', 'eval'],
  summary: 'Export a run: its journal, plan, versions and list of files as NDJSON that ends in a manifest',
  input: z.strictObject({ run_id: id, offset: z.int().nonnegative().default(0) }),
  /** `artifact`: the export as a whole. One that changes meanwhile is another one. */
  output: z.object({ artifact: artifactRef, offset: z.int(), content_base64: z.string() }),
  errors: ['not_found', 'invalid_request', 'unavailable'],
  timeoutMs: 10_000,
  idempotent: true,
});
