import type { RunStep } from '@aos/contracts';

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
