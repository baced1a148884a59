import { fork } from 'node:child_process';
import { join } from 'node:path';
import type {
  CrashFigures,
  FromDriver,
  Job,
  LatencyFigures,
  ThroughputFigures,
  ToDriver,
  Work,
} from './protocol.ts';

interface FiguresOf {
  W1: ThroughputFigures[];
  W2: LatencyFigures[];
  W3: CrashFigures[];
}

const DRIVER = join(import.meta.dirname, 'driver.ts');

/** Has a process of its own drive the system, so that its CPU is counted alike for all. `kill` kills the worker and tells when. */
export async function drive<W extends Work>(
  job: Extract<Job, { work: W }>,
  kill: () => Promise<number> = () => Promise.reject(new Error('nothing is to be killed')),
): Promise<FiguresOf[W]> {
  const driver = fork(DRIVER, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const send = (message: ToDriver) => driver.send(message);
  const ended = Promise.withResolvers<FiguresOf[W]>();
  driver.once('exit', (code) => ended.reject(new Error(`the driver ended with ${code}`)));
  driver.on('message', (raw) => {
    const message = raw as FromDriver;
    if (message.kind === 'done') ended.resolve(message.figures as FiguresOf[W]);
    else if (message.kind === 'failed') ended.reject(new Error(message.reason));
    else kill().then((atMs) => send({ kind: 'killed', atMs }), ended.reject);
  });
  send({ kind: 'job', job });
  try {
    return await ended.promise;
  } finally {
    driver.removeAllListeners('exit').kill('SIGKILL');
  }
}
