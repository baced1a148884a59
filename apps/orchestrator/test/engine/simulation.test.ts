import { describe, expect, it } from '@jest/globals';
import { Simulation, type Kind } from './simulation/simulation.ts';

const SEEDS = 200;
/** A history takes milliseconds of its own, and several of those where other tests share the machine. */
const SEEDS_TIMEOUT_MS = 300_000;
/** Each shows a fault the engine once had, with goals as they were then. */
const REGRESSIONS = [
  { seed: 48, fault: 'a claim carried out after its answer was lost' },
  { seed: 70, fault: 'the slot of a run that was handed back and claimed again' },
  { seed: 319, fault: 'a waiting run on which worker after worker died' },
  { seed: 417, fault: 'a cancel that crossed the parking of its run' },
];
const AS_THEN: Kind = {
  unplannedRate: 0,
  hasLargeOutputs: false,
  hasGraphs: false,
  hasTimes: false,
  hasPauses: false,
  hasRestarts: false,
  hasRollbacks: false,
  hasMessages: false,
  adaptiveRate: 0,
  hasChildren: false,
  hasOperators: false,
};

async function expectNothingViolated(seed: number, kind?: Kind): Promise<void> {
  if ((await new Simulation(seed, kind).run()).violations.length === 0) return;
  const { violations, trace } = await new Simulation(seed, kind, true).run();
  throw new Error(`seed ${seed}: ${violations.join('\n')}\n${trace.slice(-200).join('\n')}`);
}

describe('the engine, whatever is lost, late or dead', () => {
  it(
    `keeps its guarantees in ${SEEDS} histories`,
    async () => {
      for (let seed = 1; seed <= SEEDS; seed += 1) await expectNothingViolated(seed);
    },
    SEEDS_TIMEOUT_MS,
  );

  it.each(REGRESSIONS)('keeps its guarantees in the history that showed $fault', async ({ seed }) => {
    await expectNothingViolated(seed, AS_THEN);
  });

  it('does the same again with the same seed', async () => {
    const first = await new Simulation(7, {}, true).run();
    expect((await new Simulation(7, {}, true).run()).trace).toEqual(first.trace);
    expect(first.trace).not.toEqual([]);
    expect(first.runs).toBeGreaterThan(0);
  });
});
