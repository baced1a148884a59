import { z } from 'zod';

/** A file of a run, kept by the hash of its content. It stands under the data key of the journal row that names it. */
export const artifactRef = z.object({
  /** Unique in its run. */
  name: z.string(),
  /** Hex SHA-256 of the content. */
  sha256: z.string(),
  bytes: z.int().nonnegative(),
  media_type: z.string(),
});

/** A name that stands in a path as it is. */
export const artifactName = z
  .string()
  .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/, 'must match [A-Za-z0-9_][A-Za-z0-9._-]{0,127}');

/** What a step or a skill may hand on at most. */
export const ARTIFACT_BYTES_MAX = 16 * 1024 * 1024;

/** An artifact travels over NATS in pieces of at most this, base64 makes them a third larger. */
export const ARTIFACT_CHUNK_BYTES = 256 * 1024;

export type ArtifactRef = z.infer<typeof artifactRef>;
