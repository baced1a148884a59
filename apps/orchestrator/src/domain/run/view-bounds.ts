import type { PlanRevision, RunStep } from '@aos/contracts';

/** Of all outputs together: with plan and context a run then fits a message, which holds 512 KB. */
const OUTPUT_BYTES_MAX = 256 * 1024;

/** The steps as they can be shown: outputs that would be too much are left out, the first ones stay. */
export function withinBounds(steps: readonly RunStep[]): RunStep[] {
  let left = OUTPUT_BYTES_MAX;
  return steps.map((step) => {
    if (step.output === null) return step;
    const bytes = Buffer.byteLength(JSON.stringify(step.output));
    if (bytes > left) return { ...step, output: null, output_omitted: true };
    left -= bytes;
    return step;
  });
}

const REVISIONS_MAX = 100;
const REASONING_CHARS_MAX = 32 * 1024;

/** The last of what a planner said, as far as it can be shown: the reasons of the older ones are left out first. */
export function lastRevisions(revisions: readonly PlanRevision[]): PlanRevision[] {
  let left = REASONING_CHARS_MAX;
  const shown = revisions.slice(-REVISIONS_MAX).toReversed();
  const bounded = shown.map((revision) => {
    left -= revision.reasoning?.length ?? 0;
    return left < 0 ? { ...revision, reasoning: null } : revision;
  });
  return bounded.toReversed();
}
