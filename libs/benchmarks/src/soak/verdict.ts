import type { SoakFigures } from './soak.ts';

/** What is wrong, a line each; nothing: the soak was passed. */
export function faultsFound(figures: SoakFigures): string[] {
  const { runs, stuck, refusals, reserved, openRuns, spent, cost } = figures;
  const { succeeded = 0, ...others } = runs;
  const counted: [string, number][] = [
    ['runs more than goals', figures.runsTooMany],
    ['effects missing', figures.effectsMissing],
    ['effects under two keys', figures.effectsUnderTwoKeys],
    ['keys for two effects', figures.keysShared],
    ['events not seen', figures.eventsMissing],
    ['events seen twice', figures.eventsTwice],
    ['events out of order', figures.eventsOutOfOrder],
    ['open runs in the budgets', openRuns],
    ['microcents reserved in the budgets', reserved],
    ['microcents spent that no run cost', spent - cost],
    ...Object.entries(others).map(([status, count]): [string, number] => [`runs ${status}`, count]),
  ];
  return [
    ...(succeeded === 0 ? ['no run succeeded'] : []),
    ...counted.filter(([, count]) => count !== 0).map(([what, count]) => `${count} ${what}`),
    ...stuck.map((run) => `run ${run.run_id} stands ${run.status}, reason ${run.waiting_reason ?? 'none'}`),
    ...refusals.map((refusal) => `a goal was refused: ${refusal}`),
  ];
}
