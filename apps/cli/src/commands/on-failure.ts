import { runOnFailure } from '@aos/contracts';
import { Option } from 'commander';

/** `--on-failure`: what becomes of what a run has done by the time it fails or is cut. */
export function onFailureOption(of: string): Option {
  return new Option(
    '--on-failure <what>',
    `what becomes of completed effects; default: what ${of} says`,
  ).choices(runOnFailure.options);
}
