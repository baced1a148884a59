import { describe, expect, it } from '@jest/globals';
import { RUN_TICKETS } from '@aos/contracts';
import type { Msg, NatsConnection, Subscription } from '@nats-io/nats-core';
import type { Link } from './link.ts';
import { PullSource } from './pull.ts';

/** A connection on which nothing happens but what the test makes happen. */
class QuietConnection {
  deliver: (payload: string, status?: number) => string[] = () => [];
  asked: unknown;
  subscriptions = 0;
  isUnsubscribed = false;
  lose = (): void => undefined;

  source(isUp = true): PullSource {
    const connection = {
      subscribe: (_: string, { callback }: { callback: (error: null, message: Msg) => void }) => {
        this.subscriptions += 1;
        this.deliver = (payload, status) => {
          const answers: string[] = [];
          const message = {
            subject: 'aos.work.runs',
            data: Buffer.from(payload),
            string: () => payload,
            headers: status === undefined ? undefined : { code: status },
            reply: '$JS.ACK.AOS_WORK.orchestrator.1.1.1.1.0',
            respond: (answer: string) => answers.push(answer) > 0,
          };
          callback(null, message as unknown as Msg);
          return answers;
        };
        const leave = (): void => {
          this.isUnsubscribed = true;
        };
        const subscription = { drain: async () => leave(), unsubscribe: leave, isClosed: () => false };
        return subscription as unknown as Subscription;
      },
      publish: (_: string, request: string) => {
        this.asked = JSON.parse(request);
      },
    };
    const link = {
      isUp,
      onLost: (callback: () => void) => {
        this.lose = callback;
        return () => undefined;
      },
    };
    return new PullSource(
      {
        connection: connection as unknown as NatsConnection,
        inboxPrefix: '_INBOX_test',
        link: link as unknown as Link,
      },
      RUN_TICKETS,
    );
  }
}

describe('a pull', () => {
  it('hands back what arrives after it was given up', async () => {
    const quiet = new QuietConnection();
    const caller = new AbortController();
    const pulled = quiet.source().fetch(1, { waitMs: 60_000, signal: caller.signal });
    caller.abort();
    expect(await pulled).toEqual([]);
    expect(quiet.isUnsubscribed).toBe(true);
    expect(quiet.deliver('too late')).toEqual(['-NAK']);
  });

  it('keeps what had arrived when the rest does not come', async () => {
    const quiet = new QuietConnection();
    const pulled = quiet.source().fetch(3, { waitMs: 0 });
    expect(quiet.asked).toEqual({ batch: 3, no_wait: true });
    quiet.deliver('first');
    quiet.deliver('', 404);
    expect((await pulled).map(({ payload }) => payload)).toEqual(['first']);
    expect(quiet.isUnsubscribed).toBe(false);
  });

  it('is answered where the one before it was, once that one had all its answers', async () => {
    const quiet = new QuietConnection();
    const source = quiet.source();
    const both = Promise.all([source.fetch(2, { waitMs: 0 }), source.fetch(1, { waitMs: 0 })]);
    quiet.deliver('second pull');
    const third = source.fetch(1, { waitMs: 0 });
    quiet.deliver('third pull');
    expect((await third).map(({ payload }) => payload)).toEqual(['third pull']);
    expect(quiet.subscriptions).toBe(2);
    expect(quiet.deliver('unasked')).toEqual(['-NAK']);
    quiet.lose();
    await both;
  });

  it('takes an empty message for one, not for the end', async () => {
    const quiet = new QuietConnection();
    const pulled = quiet.source().fetch(1, { waitMs: 60_000 });
    expect(quiet.asked).toEqual({ batch: 1, expires: 60_000_000_000 });
    quiet.deliver('');
    expect(await pulled).toHaveLength(1);
  });

  it('ends when the server is lost', async () => {
    const quiet = new QuietConnection();
    const pulled = quiet.source().fetch(1, { waitMs: 60_000 });
    quiet.lose();
    expect(await pulled).toEqual([]);
  });

  it('is none while the server is away, and for whoever has stopped', async () => {
    const quiet = new QuietConnection();
    expect(await quiet.source(false).fetch(1, { waitMs: 60_000 })).toEqual([]);
    const stopped = { waitMs: 60_000, signal: AbortSignal.abort() };
    expect(await quiet.source().fetch(1, stopped)).toEqual([]);
    expect(quiet.asked).toBeUndefined();
  });
});
