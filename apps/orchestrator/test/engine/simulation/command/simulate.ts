import { Simulation } from '../simulation.ts';
import { HELP, readOptions } from './options.ts';
import { simulateSeeds } from './simulate-seeds.ts';

/* `pnpm --filter @aos/orchestrator simulate`: see --help. */
const tell = (line: string): void => void process.stdout.write(`${line}\n`);
const options = readOptions(process.argv.slice(2));
if (options === 'help') tell(HELP);
else if ('wrong' in options) {
  process.stderr.write(`${options.wrong}\n\n${HELP}`);
  process.exitCode = 2;
} else {
  const isFine = options.seeds === 1 ? await simulateOne(options.first) : await simulateSeeds(options, tell);
  process.exitCode = isFine ? 0 : 1;
}

/** With all that happened, where it fails. */
async function simulateOne(seed: number): Promise<boolean> {
  const { violations, runs, trace } = await new Simulation(seed, {}, true).run();
  const isFine = violations.length === 0;
  if (!isFine) for (const line of trace) tell(line);
  tell(`seed ${seed}, ${runs} runs: ${isFine ? 'nothing violated' : violations.join('\n')}`);
  return isFine;
}
