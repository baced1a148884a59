import { describe, expect, it, jest } from '@jest/globals';
import { OrderFollower } from './follow-orders.ts';
import type { WorkerOrders } from './worker-fleet.ts';

const DRAIN: WorkerOrders = { isDraining: true, suspendedTenants: [] };

function followerOf(answers: (() => Promise<WorkerOrders>)[]) {
  const followed: WorkerOrders[] = [];
  const troubles: string[] = [];
  const sleep = jest.fn(
    (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => signal?.addEventListener('abort', () => resolve())),
  );
  const follower = new OrderFollower({
    fleet: { orders: () => answers.shift()?.() ?? Promise.resolve(DRAIN) },
    workerId: 'w',
    follow: (orders) => void followed.push(orders),
    clock: { now: () => 0, sleep, after: () => () => undefined },
    observer: { trouble: (what) => void troubles.push(what) },
  });
  return { follower, followed, troubles, sleep };
}

const away = () => Promise.reject(new Error('away'));

describe('a process that follows orders', () => {
  it('keeps to the last order while none can be read', async () => {
    const { follower, followed, troubles } = followerOf([() => Promise.resolve(DRAIN), away]);
    await follower.look();
    await follower.look();
    expect(follower.isDraining).toBe(true);
    expect(followed).toEqual([DRAIN]);
    expect(troubles).toEqual(['reading orders']);
  });

  it('looks when it starts, and ends at once, without following what comes too late', async () => {
    const { promise, resolve } = Promise.withResolvers<WorkerOrders>();
    const { follower, followed, sleep } = followerOf([() => Promise.resolve(DRAIN), () => promise]);
    follower.start();
    follower.start();
    await new Promise((done) => setImmediate(done));
    expect(followed).toHaveLength(1);
    const late = follower.look();
    await follower.stop();
    resolve({ isDraining: false, suspendedTenants: [] });
    await late;
    expect(followed).toHaveLength(1);
    expect(sleep).toHaveBeenCalledTimes(1);
  });
});
