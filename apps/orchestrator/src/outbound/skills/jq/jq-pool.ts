import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Piscina } from 'piscina';
import type { JqReply, JqTask } from './jq-worker.ts';

/** Runs queries in threads of their own, so that an endless one takes nothing with it but its thread. */
export interface JqPool {
  /** Undefined: the signal was raised first; the thread at work on the query is ended. */
  run(task: JqTask, signal: AbortSignal): Promise<JqReply | undefined>;
  close(): Promise<void>;
}

const THREADS_MAX = 4;
const IDLE_MS = 60_000;

export function createJqPool(): JqPool {
  const pool = new Piscina<JqTask, JqReply>({
    // As sources and as build the worker lies beside this file with the same extension.
    filename: new URL(`./jq-worker${extname(import.meta.url)}`, import.meta.url).href,
    name: 'runQuery',
    minThreads: 0,
    maxThreads: Math.min(THREADS_MAX, availableParallelism()),
    idleTimeout: IDLE_MS,
  });
  return {
    run: async (task, signal) => {
      try {
        return await pool.run(task, { signal });
      } catch (error) {
        if (signal.aborted) return undefined;
        throw error;
      }
    },
    close: () => pool.destroy(),
  };
}
