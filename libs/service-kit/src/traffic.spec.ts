import { describe, expect, it } from '@jest/globals';
import { Traffic } from './traffic.ts';

describe('Traffic', () => {
  it('drains at once when nothing is in flight', async () => {
    const traffic = new Traffic();
    await traffic.drain();
    expect(traffic.isDraining).toBe(true);
  });

  it('drains when the last request ends, also one that came during the drain', async () => {
    const traffic = new Traffic();
    const order: string[] = [];
    traffic.begin();
    const drained = traffic.drain().then(() => order.push('drained'));
    traffic.begin();
    traffic.end();
    await Promise.resolve();
    order.push('last request ends');
    traffic.end();
    await drained;
    expect(order).toEqual(['last request ends', 'drained']);
  });
});
