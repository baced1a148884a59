import { parseArgs } from 'node:util';
import { Simulation } from './simulation.ts';

/* Runs many seeds: `pnpm --filter @aos/orchestrator simulate --seeds 1000 [--seed 1]`. Exits 1 at the first that fails. */
const { values } = parseArgs({
  options: { seeds: { type: 'string', default: '1' }, seed: { type: 'string', default: '1' } },
});
const first = Number(values.seed);
const startedAtMs = performance.now();
let runs = 0;
for (let seed = first; seed < first + Number(values.seeds); seed += 1) {
  const verdict = await new Simulation(seed).run();
  runs += verdict.runs;
  if (verdict.violations.length === 0) continue;
  process.stdout.write(`${verdict.trace.join('\n')}\nseed ${seed}: ${verdict.violations.join('\n')}\n`);
  process.exit(1);
}
const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1);
process.stdout.write(`${values.seeds} seeds from ${first}, ${runs} runs, ${seconds} s: nothing violated\n`);
