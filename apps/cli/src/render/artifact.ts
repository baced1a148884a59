import type { ArtifactRef } from '@aos/contracts';
import { brief, byteCount, oneLine } from './text.ts';

/** What came out, or in which file it is. */
export function outputText(
  output: unknown,
  artifact: ArtifactRef | null | undefined,
  lengthMax: number,
): string {
  return artifact ? `in ${oneLine(artifact.name)}` : brief(output, lengthMax);
}

/** Name, type and size, a cell each. */
export function artifactCells({ name, media_type, bytes }: ArtifactRef): string[] {
  return [oneLine(name), oneLine(media_type), byteCount(bytes)];
}
