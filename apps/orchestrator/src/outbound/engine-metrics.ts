import { Gauge, Histogram, type Logger, type Registry } from '@aos/telemetry';
import type { EngineObserver } from '../application/engine/ports.ts';

const SECONDS = [0.001, 0.005, 0.02, 0.1, 0.5, 2, 10, 60, 300];

/** Metrics and log of the engine. `queueDepth` is asked when the metrics are read. */
export function engineMetrics(
  registry: Registry,
  logger: Logger,
  queueDepth: () => Promise<number>,
): EngineObserver {
  const registers = [registry];
  const runs = new Histogram({
    name: 'aos_run_duration_seconds',
    help: 'From the start of a run to its end',
    labelNames: ['status'],
    buckets: SECONDS,
    registers,
  });
  const steps = new Histogram({
    name: 'aos_step_duration_seconds',
    help: 'The last attempt of a step',
    labelNames: ['skill', 'outcome'],
    buckets: SECONDS,
    registers,
  });
  const depth = new Gauge({
    name: 'aos_run_queue_depth',
    help: 'Runs that are ready and not yet claimed',
    registers,
    async collect() {
      try {
        depth.set(await queueDepth());
      } catch {
        depth.remove(); // unknown, not zero
      }
    },
  });
  return {
    runFinished: (status, seconds) => runs.observe({ status }, seconds),
    stepFinished: (skill, outcome, seconds) => steps.observe({ skill, outcome }, seconds),
    trouble: (what, error) => logger.warn({ err: error }, `${what} failed and will be tried again`),
  };
}
