import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { OutboundQueue } from './outbound-queue.ts';
import type { RunEvent } from './run-event.ts';

const event = (topic: string, seq: number): RunEvent => ({
  topic,
  seq,
  frame: Buffer.from(JSON.stringify({ op: 'event', topic, cursor: String(seq) })),
  isLast: false,
});
const control = (op: string) => Buffer.from(JSON.stringify({ op }));

function drain(queue: OutboundQueue): unknown[] {
  const frames: unknown[] = [];
  for (let frame = queue.next(); frame !== undefined; frame = queue.next()) {
    frames.push(JSON.parse(frame.toString()));
  }
  return frames;
}

describe('OutboundQueue', () => {
  it('drops the oldest beyond its bound and tells it in one gap with the cursor before the first dropped', () => {
    const queue = new OutboundQueue(2);
    queue.pushControl(control('subscribed'));
    const dropped = [5, 6, 7, 8, 9].map((seq) => queue.pushEvent(event('a', seq)));
    expect(dropped).toEqual([0, 0, 1, 1, 1]);
    expect(drain(queue)).toEqual([
      { op: 'subscribed' },
      { op: 'gap', topic: 'a', dropped: 3, cursor: '4' },
      { op: 'event', topic: 'a', cursor: '8' },
      { op: 'event', topic: 'a', cursor: '9' },
    ]);
  });

  it('has a gap for each topic, and a new one once the first was sent', () => {
    const queue = new OutboundQueue(1);
    queue.pushEvent(event('a', 1));
    queue.pushEvent(event('b', 1));
    queue.pushEvent(event('b', 2));
    expect(JSON.parse(queue.next()?.toString() ?? '')).toEqual({
      op: 'gap',
      topic: 'a',
      dropped: 1,
      cursor: '0',
    });
    expect(JSON.parse(queue.next()?.toString() ?? '')).toEqual({
      op: 'gap',
      topic: 'b',
      dropped: 1,
      cursor: '0',
    });
    queue.pushEvent(event('b', 3));
    expect(drain(queue)).toEqual([
      { op: 'gap', topic: 'b', dropped: 1, cursor: '1' },
      { op: 'event', topic: 'b', cursor: '3' },
    ]);
  });

  it('forgets a topic with its gap and keeps the rest', () => {
    const queue = new OutboundQueue(2);
    for (const seq of [1, 2, 3]) queue.pushEvent(event('a', seq));
    queue.pushControl(control('pong'));
    queue.forget('a');
    queue.pushEvent(event('b', 1));
    expect(drain(queue)).toEqual([{ op: 'pong' }, { op: 'event', topic: 'b', cursor: '1' }]);
  });

  it('accounts for every event: sent or counted in a gap at its place, never more waiting than the bound', () => {
    const actions = fc.array(fc.oneof(fc.constant('take' as const), fc.constantFrom('a', 'b')), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5 }), actions, (eventsMax, steps) => {
        const queue = new OutboundQueue(eventsMax);
        const pushed: Record<string, number> = { a: 0, b: 0 };
        const seen: Record<string, number> = { a: 0, b: 0 };
        const read = (frame?: Buffer) => {
          if (frame === undefined) return;
          const parsed = JSON.parse(frame.toString());
          const before = seen[parsed.topic] ?? 0;
          if (parsed.op === 'gap') expect(parsed.cursor).toBe(String(before));
          seen[parsed.topic] = before + (parsed.op === 'gap' ? parsed.dropped : 1);
          if (parsed.op === 'event') expect(parsed.cursor).toBe(String(seen[parsed.topic]));
        };
        for (const step of steps) {
          if (step === 'take') {
            read(queue.next());
            continue;
          }
          pushed[step] = (pushed[step] ?? 0) + 1;
          queue.pushEvent(event(step, pushed[step]));
          expect(queue.size).toBeLessThanOrEqual(eventsMax + 2);
        }
        while (queue.size > 0) read(queue.next());
        expect(seen).toEqual(pushed);
      }),
    );
  });
});
