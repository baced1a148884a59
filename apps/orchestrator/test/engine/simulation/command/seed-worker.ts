import { Simulation } from '../simulation.ts';
import type { SeedRange } from './seed-ranges.ts';
import type { SeedReport } from './seed-fleet.ts';

/* One process of many: simulates the ranges it is sent and tells what came of each seed. */
process.on('message', (range: SeedRange) => void simulate(range));
process.once('disconnect', () => process.exit());

async function simulate([first, last]: SeedRange): Promise<void> {
  for (let seed = first; seed <= last; seed += 1) {
    const { violations, runs } = await new Simulation(seed).run();
    const report: SeedReport = { seed, violations, runs, pid: process.pid, cpuMs: cpuMs() };
    process.send?.(report);
  }
}

function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
