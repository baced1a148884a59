import type { FromDriver, Job, ToDriver } from './protocol.ts';
import { openTarget } from './target.ts';
import { measureCrash } from './works/crash.ts';
import { measureLatency } from './works/latency.ts';
import { measureThroughput } from './works/throughput.ts';

const tell = (message: FromDriver) => process.send?.(message);

/** The next message of the benchmark. */
function told(): Promise<ToDriver> {
  return new Promise((resolve) => process.once('message', (message) => resolve(message as ToDriver)));
}

async function kill(): Promise<number> {
  tell({ kind: 'kill' });
  const answer = await told();
  if (answer.kind !== 'killed') throw new Error(`told ${answer.kind} instead of killed`);
  return answer.atMs;
}

async function drive(job: Job) {
  const driven = await openTarget(job.target);
  try {
    if (job.work === 'W1') return await measureThroughput(driven, job);
    if (job.work === 'W2') return await measureLatency(driven, job.repetitions);
    return [await measureCrash(driven, job.runs, kill)];
  } finally {
    await driven.close();
  }
}

process.once('disconnect', () => process.exit());
const first = await told();
if (first.kind !== 'job') throw new Error(`told ${first.kind} instead of a job`);
await drive(first.job).then(
  (figures) => tell({ kind: 'done', figures }),
  (error: unknown) =>
    tell({ kind: 'failed', reason: error instanceof Error ? String(error.stack) : String(error) }),
);
