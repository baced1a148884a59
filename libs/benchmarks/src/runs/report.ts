import { table, type TableRow } from '../table.ts';
import type { AosFigures } from './measure-aos.ts';
import { FLOOR_RUNS_FACTOR, type FloorFigures } from './raw-floor.ts';
import type { Load } from './load.ts';
import { STEPS_PER_RUN, type StepKind } from './step-kinds.ts';

export interface RunsReport {
  load: Load;
  repetitions: number;
  cpus: number;
  aos: readonly { kind: StepKind; figures: AosFigures }[];
  floors: { groupCommit: FloorFigures; insertPerStep: FloorFigures };
}

type Figure = Exclude<keyof AosFigures, 'cpuMsPerStepOf'>;

const FIGURES: readonly (readonly [string, Figure])[] = [
  ['runs/s', 'runsPerSecond'],
  ['steps/s', 'stepsPerSecond'],
  ['run p50, ms', 'runP50Ms'],
  ['run p99, ms', 'runP99Ms'],
  ['CPU ms per step', 'cpuMsPerStep'],
  ['idle: start → first step done p50, ms', 'idleFirstStepP50Ms'],
  ['idle: start → run finished p50, ms', 'idleRunP50Ms'],
];

/** The table with what is needed to read it. */
export function reportText(report: RunsReport): string {
  const { load, repetitions, cpus, aos, floors } = report;
  const columns = [...aos.map(({ kind }) => kind.name), 'floor: group commit', 'floor: INSERT a step'];
  const rows = FIGURES.map(([name, figure]): TableRow => {
    const ofFloors = Object.values(floors).map((floor) => floorFigure(floor, figure));
    return { name, values: [...aos.map(({ figures }) => figures[figure]), ...ofFloors] };
  });
  const kinds = aos.map(({ kind }) => `  ${kind.name}: ${kind.what}`);
  return [
    `${load.runs} runs of ${STEPS_PER_RUN} steps, ${load.concurrency} at once; medians of ${repetitions} repetitions; ${cpus} CPUs; fsync on.`,
    '',
    table(columns, rows),
    '',
    'CPU ms per step by process:',
    table(
      aos.map(({ kind }) => kind.name),
      cpuRows(aos),
    ),
    '',
    ...kinds,
    '  A run lasts from POST …/goals until its run.finished is seen on aos.live of NATS; no WebSocket watches.',
    '  CPU is that of all AOS services, Postgres, Redis and NATS; of the floors that of Postgres and the one client.',
    `  The floors write the journal rows of ${FLOOR_RUNS_FACTOR} times as many runs and do nothing else: one writer that commits what is`,
    '  pending, or an INSERT with its own commit for every step, on as many connections as there are runs at once.',
  ].join('\n');
}

function floorFigure(floor: FloorFigures, figure: Figure): number | null {
  return figure === 'idleFirstStepP50Ms' || figure === 'idleRunP50Ms' ? null : floor[figure];
}

function cpuRows(aos: RunsReport['aos']): TableRow[] {
  const names = Object.keys(aos[0]?.figures.cpuMsPerStepOf ?? {});
  return names.map((name) => ({
    name,
    values: aos.map(({ figures }) => figures.cpuMsPerStepOf[name] ?? null),
  }));
}
