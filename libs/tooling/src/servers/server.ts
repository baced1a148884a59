import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../free-port.ts';
import { launch, tailOf, type Launch } from '../processes/launch.ts';
import { removeProcessFile, runningProcess, writeProcessFile } from '../processes/process-file.ts';
import { isRunning, killProcess, stopProcess, type ProcessRecord } from '../processes/process-record.ts';
import { waitUntil } from '../wait-until.ts';

/** A database, broker or service that was started here and can be made to fail. */
export interface Server {
  /** On 127.0.0.1. */
  port: number;
  /** The process as it is now; undefined when a container engine runs it. */
  process(): ProcessRecord | undefined;
  /** Ends it in good order; its data stays. */
  stop(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data, after `kill` or `stop` or in the middle of work. */
  restart(): Promise<void>;
}

/** What differs from one program to another. */
export interface ServerProgram {
  name: string;
  port: number;
  launch: Launch;
  /** Where later commands find it again; a process found running there is taken over instead of started. */
  processFile: string;
  /** Whether this very process, not an earlier one, takes requests. */
  isReady(record: ProcessRecord): Promise<boolean>;
  stopSignal: NodeJS.Signals;
  /** How often a program that ends while it starts is started again. Default 1. */
  startsMax?: number;
}

const READY_TIMEOUT_MS = 60_000;

/** Starts the program unless it runs, and returns when it takes requests. */
export async function startProgram(program: ServerProgram): Promise<Server> {
  let record = await start(program);
  const stop = async () => {
    await stopProcess(record, { signal: program.stopSignal });
    removeProcessFile(program.processFile);
  };
  return {
    port: program.port,
    process: () => record,
    stop,
    kill: () => killProcess(record),
    restart: async () => {
      await stop();
      record = await start(program);
    },
  };
}

async function start(program: ServerProgram): Promise<ProcessRecord> {
  const { name, port, stopSignal, processFile, startsMax = 1 } = program;
  for (let starts = 1; ; starts += 1) {
    const running = runningProcess(processFile);
    const record = running ?? (await launch(program.launch));
    if (running === undefined) writeProcessFile(processFile, { ...record, port, stopSignal });
    const state = await waitUntil(
      async () => (isRunning(record) ? (await program.isReady(record)) && 'ready' : 'ended'),
      { timeoutMs: READY_TIMEOUT_MS, what: `${name} takes requests (log: ${program.launch.logFile})` },
    );
    if (state === 'ready') return record;
    if (starts >= startsMax) throw new Error(`${name} does not start:\n${tailOf(program.launch.logFile)}`);
    await sleep(200 * starts);
  }
}

/** The port on which it runs already, or else a free one: the wished or the next. */
export async function portFor(processFile: string, wished?: number): Promise<number> {
  return runningProcess(processFile)?.port ?? freePort(wished);
}
