import { Counter, Histogram, type Registry } from '@aos/telemetry';
import type { EvaluationRecord } from '../domain/evaluation.ts';

const SECONDS = [0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3600];

/** Counts evaluations as they finish, each where its last task was judged. */
export function evalMetrics(registry: Registry): (evaluation: EvaluationRecord) => void {
  const registers = [registry];
  const evaluations = new Counter({
    name: 'aos_evaluations_total',
    help: 'Evaluations that have finished',
    labelNames: ['status'],
    registers,
  });
  const durations = new Histogram({
    name: 'aos_evaluation_duration_seconds',
    help: 'From the start of an evaluation to its end',
    labelNames: ['status'],
    buckets: SECONDS,
    registers,
  });
  return ({ status, createdAt, finishedAt }) => {
    evaluations.inc({ status });
    durations.observe({ status }, ((finishedAt ?? createdAt).getTime() - createdAt.getTime()) / 1000);
  };
}
