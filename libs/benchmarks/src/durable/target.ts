import { randomUUID } from 'node:crypto';
import type { PlanStepInput } from '@aos/contracts';
import { openAosClient } from '../runs/aos-client.ts';
import { STEPS_PER_RUN } from '../runs/step-kinds.ts';
import type { Target } from './protocol.ts';

/** In ms since the start call was sent. */
export interface RunTimes {
  firstStepMs: number;
  /** NaN where steps are not told of. */
  firstStepSeenMs: number;
  finishedMs: number;
}

/** A system as the driver uses it. With a ledger each step calls it; without, steps do nothing. */
export interface Driven {
  /** Resolves when the run has ended. */
  run(id: string, ledgerUrl?: string): Promise<RunTimes>;
  /** Resolves when the run is taken. */
  start(id: string, ledgerUrl: string): Promise<void>;
  /** How many of those started have ended well. */
  done(): Promise<number>;
  close(): Promise<void>;
}

export function openTarget(target: Target): Promise<Driven> {
  return target.kind === 'aos' ? openAos(target) : Promise.resolve(openHttp(target));
}

async function openAos({ stack, agentId }: Extract<Target, { kind: 'aos' }>): Promise<Driven> {
  const client = await openAosClient(stack);
  const run = async (id: string, ledgerUrl?: string): Promise<RunTimes> => {
    const plan = ledgerUrl === undefined ? NO_OPS : effects(`${ledgerUrl}/${id}`);
    const { firstStepBeganMs, firstStepMs, finishedMs } = await client.run(agentId, plan);
    return { firstStepMs: firstStepBeganMs, firstStepSeenMs: firstStepMs, finishedMs };
  };
  return { run, ...held(run), close: () => client.close() };
}

const steps = (stepOf: (number: number) => PlanStepInput): PlanStepInput[] =>
  Array.from({ length: STEPS_PER_RUN }, (_none, at) => ({ ...stepOf(at + 1), step_id: `step_${at + 1}` }));

const NO_OPS = steps(() => ({ skill: 'json_transform', params: { input: 1, query: '.' } }));

function effects(url: string): PlanStepInput[] {
  return steps((number) => ({
    skill: 'http_call',
    params: { url: `${url}/${number}`, method: 'POST', idempotent: true },
  }));
}

function openHttp({ url, isHeld }: Extract<Target, { kind: 'http' }>): Driven {
  // Ids of a repetition share a prefix, by which a worker counts those that are done.
  const prefix = randomUUID();
  const call = async (operation: string, body: unknown): Promise<string> => {
    const response = await fetch(`${url}/bench/${operation}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${operation}: ${response.status} ${text}`);
    return text;
  };
  const run = async (id: string, ledgerUrl?: string): Promise<RunTimes> => {
    const startNs = process.hrtime.bigint();
    const answer: string = JSON.parse(await call('run', { id: `${prefix}-${id}`, ledgerUrl }));
    const since = (ns: bigint) => Number(ns - startNs) / 1e6;
    return {
      firstStepMs: since(BigInt(answer)),
      firstStepSeenMs: Number.NaN,
      finishedMs: since(process.hrtime.bigint()),
    };
  };
  const asked = {
    start: async (id: string, ledgerUrl: string) =>
      void (await call('start', { id: `${prefix}-${id}`, ledgerUrl })),
    done: async () => Number(await call('done', { prefix })),
  };
  return { run, ...(isHeld ? held(run) : asked), close: () => Promise.resolve() };
}

/** Runs whose ends come by themselves. */
function held(run: Driven['run']): Pick<Driven, 'start' | 'done'> {
  let ended = 0;
  return {
    start: (id, ledgerUrl) => {
      run(id, ledgerUrl).then(
        () => (ended += 1),
        (error: unknown) => console.error(String(error)),
      );
      return Promise.resolve();
    },
    done: () => Promise.resolve(ended),
  };
}
