import { setTimeout as sleep } from 'node:timers/promises';
import { underLoad } from '../../runs/load.ts';
import { median } from '../../statistics.ts';
import type { LatencyFigures } from '../protocol.ts';
import type { Driven, RunTimes } from '../target.ts';

const WARM_UP = { runs: 60, concurrency: 5 };
const RUNS = 15;
const PAUSE_MS = 150;

/** W2: one run at a time on an idle system. */
export async function measureLatency(driven: Driven, repetitions: number): Promise<LatencyFigures[]> {
  let started = 0;
  const one = () => {
    started += 1;
    return driven.run(`w2-${started}`);
  };
  await underLoad(WARM_UP, async () => void (await one()));
  const figures: LatencyFigures[] = [];
  for (let repetition = 0; repetition < repetitions; repetition += 1) {
    const times: RunTimes[] = [];
    for (let run = 0; run < RUNS; run += 1) {
      await sleep(PAUSE_MS);
      times.push(await one());
    }
    figures.push({
      firstStepMs: median(times.map(({ firstStepMs }) => firstStepMs)),
      firstStepSeenMs: median(times.map(({ firstStepSeenMs }) => firstStepSeenMs)),
      finishedMs: median(times.map(({ finishedMs }) => finishedMs)),
    });
  }
  return figures;
}
