import { join } from 'node:path';
import { repositoryRoot } from './paths.ts';
import { runToEnd } from './processes/run-to-end.ts';

export interface BoundaryReport {
  /** How many modules were looked at. */
  modules: number;
  violations: { rule: string; from: string; to: string }[];
}

interface CruiseResult {
  summary: {
    totalCruised: number;
    violations: { rule: { name: string }; from: string; to: string }[];
  };
}

/** Judges the imports of apps and libs under the root by the rules of `.dependency-cruiser.cjs`. */
export async function checkBoundaries(root = repositoryRoot): Promise<BoundaryReport> {
  const cruiser = join(repositoryRoot, 'node_modules/.bin/depcruise');
  const config = join(repositoryRoot, '.dependency-cruiser.cjs');
  const args = ['--config', config, '--output-type', 'json', 'apps', 'libs'];
  const { output, errors } = await runToEnd(cruiser, args, { cwd: root });
  if (!output.startsWith('{')) throw new Error(`dependency-cruiser failed:\n${errors}${output}`);
  const { summary }: CruiseResult = JSON.parse(output);
  return {
    modules: summary.totalCruised,
    violations: summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  };
}
