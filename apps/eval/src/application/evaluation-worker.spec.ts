import { createLogger } from '@aos/telemetry';
import { afterEach, describe, expect, it } from '@jest/globals';
import { EvaluationWorker } from './evaluation-worker.ts';
import type { EvaluationWork, HeldEvaluation } from './evaluation-work.ts';

const logger = createLogger({ service: 'test', level: 'silent' });
const held = (evaluationId: string): HeldEvaluation => ({ evaluationId, tenantId: 'acme', traceparent: '' });

let worker: EvaluationWorker | undefined;
afterEach(async () => {
  await worker?.stop();
});

interface Script {
  hold: () => Promise<HeldEvaluation[]>;
  release?: () => Promise<void>;
  advance?: (evaluation: HeldEvaluation, signal: AbortSignal) => Promise<void>;
}

function start({
  hold,
  release = async () => undefined,
  advance = async () => undefined,
}: Script): EvaluationWorker {
  // The rest of the work is done by `advance`.
  const work = { hold, release } as unknown as EvaluationWork;
  worker = new EvaluationWorker({ work, onHeld: () => undefined, advance, workerId: 'w', logger });
  return worker;
}

/** Resolves at the n-th call. */
function counted(times: number) {
  const { promise, resolve } = Promise.withResolvers<void>();
  let count = 0;
  const call = () => {
    count += 1;
    if (count === times) resolve();
    return count;
  };
  return { call, reached: promise };
}

describe('the worker', () => {
  it('comes back by itself while there is something to drive', async () => {
    const advanced = counted(3);
    start({ hold: async () => [held('a')], advance: async () => void advanced.call() }).kick();
    await advanced.reached;
  });

  it('goes on after the database was away, and after an evaluation that throws', async () => {
    const holds = counted(2);
    const advanced = counted(2);
    const hold = async () => {
      if (holds.call() === 1) throw new Error('the database is away');
      return [held('a'), held('b')];
    };
    const advance = async ({ evaluationId }: HeldEvaluation) => {
      advanced.call();
      if (evaluationId === 'a') throw new Error('a bug');
    };
    start({ hold, advance }).kick();
    await advanced.reached;
  });

  it('keeps its hold on the others while one waits, and does not enter that one twice', async () => {
    const holds = counted(4);
    const entered: string[] = [];
    const hold = async () => {
      holds.call();
      return [held('slow'), held('quick')];
    };
    const advance = async ({ evaluationId }: HeldEvaluation, signal: AbortSignal) => {
      entered.push(evaluationId);
      if (evaluationId === 'quick') return;
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
    };
    start({ hold, advance }).kick();
    await holds.reached;
    expect(entered.filter((name) => name === 'slow')).toHaveLength(1);
    expect(entered.filter((name) => name === 'quick').length).toBeGreaterThan(1);
  });

  it('breaks off when it is stopped, gives back what it held, and takes nothing any more', async () => {
    const order: string[] = [];
    const entered = counted(1);
    const advance = async (_evaluation: HeldEvaluation, signal: AbortSignal) => {
      entered.call();
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      order.push('broken off');
    };
    const hold = async () => {
      order.push('held');
      return [held('a')];
    };
    const stopped = start({ hold, advance, release: async () => void order.push('given back') });
    stopped.kick();
    await entered.reached;
    await stopped.stop();
    stopped.kick();
    expect(order).toEqual(['held', 'broken off', 'given back']);
    worker = undefined;
  });

  it('can be stopped while the database is away', async () => {
    const failing = start({
      hold: async () => [],
      release: async () => {
        throw new Error('the database is away');
      },
    });
    await expect(failing.stop()).resolves.toBeUndefined();
  });
});
