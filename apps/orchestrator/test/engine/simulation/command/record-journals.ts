import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { ENGINE_VERSION, type RunEvent } from '../../../../src/domain/run/state.ts';
import type { OldJournals } from '../../journals/old-journals.ts';
import { Simulation } from '../simulation.ts';

/*
 * Records journals of the engine as it is, for when it has become another:
 * `pnpm --filter @aos/orchestrator record-journals [--seeds 100]`. Few are taken, the shortest that together show everything.
 */
const { values } = parseArgs({ options: { seeds: { type: 'string', default: '100' } } });

interface Journal {
  run_id: string;
  events: RunEvent[];
}

/** What is worth being seen in a fixture: each type of event, and how it may turn out. */
function featuresOf({ events }: Journal): Set<string> {
  return new Set(
    events.map(({ type, data }) => {
      const facts = { status: '', reason: '', outcome: '', ...data };
      return [type, facts.status, facts.reason, facts.outcome].join(' ');
    }),
  );
}

const journals: Journal[] = [];
for (let seed = 1; seed <= Number(values.seeds); seed += 1) {
  const simulation = new Simulation(seed);
  await simulation.run();
  for (const runId of simulation.store.runs.keys())
    journals.push({ run_id: runId, events: simulation.store.journals.events(runId) });
}

const missing = new Set(journals.flatMap((journal) => [...featuresOf(journal)]));
const taken: Journal[] = [];
while (missing.size > 0) {
  const worth = (journal: Journal) => {
    const shown = [...featuresOf(journal)].filter((feature) => missing.has(feature)).length;
    return shown === 0 ? 0 : shown + 1 / journal.events.length;
  };
  const best = journals.reduce((first, other) => (worth(other) > worth(first) ? other : first));
  taken.push(best);
  for (const feature of featuresOf(best)) missing.delete(feature);
}

const recorded: OldJournals = { engine_version: ENGINE_VERSION, journals: taken };
const file = new URL(`../../journals/version-${ENGINE_VERSION}.json`, import.meta.url);
writeFileSync(file, `${JSON.stringify(recorded, null, 2)}\n`);
process.stdout.write(`${taken.length} journals of engine version ${ENGINE_VERSION}\n`);
