import { STEPS_PER_RUN } from '../runs/step-kinds.ts';
import { table, type TableRow } from '../table.ts';
import type { Measurement, SystemFigures } from './measure-system.ts';

export interface DurableReport extends Measurement {
  cpus: number;
  systems: readonly MeasuredSystem[];
}

/** Its figures, or why there are none. */
export type MeasuredSystem = { name: string; figures: SystemFigures } | { name: string; unavailable: string };

type Column<Figures> = readonly [name: string, figure: keyof Figures];

const THROUGHPUT: readonly Column<NonNullable<SystemFigures['throughput']>>[] = [
  ['runs/s', 'runsPerSecond'],
  ['steps/s', 'stepsPerSecond'],
  ['run p50, ms', 'runP50Ms'],
  ['run p99, ms', 'runP99Ms'],
  ['CPU ms per step', 'cpuMsPerStep'],
];

const LATENCY: readonly Column<NonNullable<SystemFigures['latency']>>[] = [
  ['start → first step begins', 'firstStepMs'],
  ['→ its end is seen', 'firstStepSeenMs'],
  ['→ end of run is seen', 'finishedMs'],
];

const CRASH: readonly Column<NonNullable<SystemFigures['crash']>>[] = [
  ['runs done', 'runsDone'],
  ['steps missing', 'stepsMissing'],
  ['executed again', 'stepsReexecuted'],
  ['effect again, same key', 'effectsRepeated'],
  ['effect under two keys', 'effectsUnderTwoKeys'],
  ['first step, s', 'firstStepS'],
  ['all go on, s', 'allGoneOnS'],
  ['all done, s', 'allDoneS'],
];

/** A table per work, a row per system, and what is needed to read them. */
export function durableText(report: DurableReport): string {
  const { load, crashRuns, repetitions, cpus, systems } = report;
  const measured = systems.flatMap((system) => ('figures' in system ? [system] : []));
  const pick = <Name extends keyof SystemFigures>(name: Name, suffix = '') =>
    measured.flatMap((system) => {
      const figures = system.figures[name];
      return figures === undefined ? [] : [{ name: `${system.name}${suffix}`, figures }];
    });
  const crashes = [...pick('crash'), ...pick('takeover', ', two workers')];
  return [
    `Medians of ${repetitions} repetitions; ${cpus} CPUs; fsync on; all on one Postgres and one disk.`,
    ...section(
      `W1: ${load.runs} runs of ${STEPS_PER_RUN} steps that do nothing, ${load.concurrency} at once`,
      THROUGHPUT,
      pick('throughput'),
    ),
    ...section('W2: one run at a time on an idle system; p50 in ms', LATENCY, pick('latency')),
    ...section(
      `W3: ${crashRuns} runs whose steps take 20 ms and leave an effect; the worker is killed at 30 % of them, times since then`,
      CRASH,
      crashes,
    ),
    '',
    ...systems.flatMap((system) =>
      'unavailable' in system ? [`${system.name} was not measured: ${system.unavailable}`] : [],
    ),
  ].join('\n');
}

function section<Figures>(
  title: string,
  columns: readonly Column<Figures>[],
  rows: readonly { name: string; figures: Figures }[],
): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map(({ name, figures }): TableRow => {
    return { name, values: columns.map(([, figure]) => Number(figures[figure])) };
  });
  const names = columns.map(([name]) => name);
  return ['', title, table(names, cells)];
}
