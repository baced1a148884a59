import { setTimeout as sleep } from 'node:timers/promises';
import { launch, tailOf, type Launch } from '../processes/launch.ts';
import { isRunning, killProcess, stopProcess, type ProcessRecord } from '../processes/process-record.ts';
import { waitUntil } from '../wait-until.ts';

/** A database or broker that was started here and can be made to fail. */
export interface Server {
  /** On 127.0.0.1. */
  port: number;
  /** How a later process finds it again. */
  place(): ServerPlace;
  /** Ends it in good order; its data stays. */
  stop(): Promise<void>;
  /** kill -9. */
  kill(): Promise<void>;
  /** Starts it again on the same port and data, after `kill` or `stop` or in the middle of work. */
  restart(): Promise<void>;
}

/** A process or a container. */
export type ServerPlace = ({ process: ProcessRecord } | { container: string }) & {
  stopSignal: NodeJS.Signals;
};

/** What differs from one server program to another. */
export interface ServerProgram {
  name: string;
  port: number;
  launch: Launch;
  /** Whether this very process, not an earlier one, takes requests. */
  isReady(record: ProcessRecord): Promise<boolean>;
  stopSignal: NodeJS.Signals;
}

const READY_TIMEOUT_MS = 30_000;
const STARTS_MAX = 5;

/** Starts the program and returns when it takes requests. */
export async function startProgram(program: ServerProgram): Promise<Server> {
  let record = await start(program);
  return {
    port: program.port,
    place: () => ({ process: record, stopSignal: program.stopSignal }),
    stop: async () => {
      await stopProcess(record, { signal: program.stopSignal });
    },
    kill: () => killProcess(record),
    restart: async () => {
      await stopProcess(record, { signal: program.stopSignal });
      record = await start(program);
    },
  };
}

/** Several tries: after a kill -9 a Postgres refuses to start until the children of the dead one are gone. */
async function start(program: ServerProgram): Promise<ProcessRecord> {
  for (let tries = 1; ; tries += 1) {
    const record = await launch(program.launch);
    const state = await waitUntil(
      async () => (isRunning(record) ? (await program.isReady(record)) && 'ready' : 'ended'),
      { timeoutMs: READY_TIMEOUT_MS, what: `${program.name} takes requests` },
    );
    if (state === 'ready') return record;
    if (tries === STARTS_MAX) {
      throw new Error(`${program.name} does not start:\n${tailOf(program.launch.logFile)}`);
    }
    await sleep(200 * tries);
  }
}
