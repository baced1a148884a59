import { existsSync, readFileSync } from 'node:fs';
import { ENGINE_VERSION, type RunEvent } from '../../../src/domain/run/state.ts';

/** Journals as replicas of that engine version wrote them. */
export interface OldJournals {
  engine_version: number;
  /** `run_id` null: it was not recorded, so the keys of effects cannot be compared. */
  journals: { run_id: string | null; events: RunEvent[] }[];
}

const fileOf = (version: number): URL => new URL(`version-${version}.json`, import.meta.url);

/** Every version there was, and the one there is where it has been recorded (`record-journals` does). */
export const VERSIONS = Array.from({ length: ENGINE_VERSION }, (_, index) => index + 1).filter(
  (version) => version < ENGINE_VERSION || existsSync(fileOf(version)),
);

export function journalsOf(version: number): OldJournals['journals'] {
  const { journals }: OldJournals = JSON.parse(readFileSync(fileOf(version), 'utf8'));
  return journals;
}
