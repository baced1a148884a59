import type { NatsConnection } from '@nats-io/nats-core';
import type { Inbox } from './inbox.ts';
import type { Link } from './link.ts';

interface PresenceParts {
  connection: NatsConnection;
  inbox: Inbox;
  link: Link;
}

/** The server says at once that nobody listens, and of listeners nothing. */
const SILENCE_MS = 250;
const NO_RESPONDERS = 503;

/** Whether anybody listens to a subject, for which an empty object is sent to it; undefined where that is not known. */
export function hasListener(
  { connection, inbox, link }: PresenceParts,
  subject: string,
): Promise<boolean | undefined> {
  if (!link.isUp) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    const answers = inbox.open('nobody', (message) => end(message.headers?.code !== NO_RESPONDERS));
    const silence = setTimeout(() => end(true), SILENCE_MS);
    const forget = link.onLost(() => end(undefined));
    function end(listens: boolean | undefined): void {
      clearTimeout(silence);
      forget();
      answers.close();
      resolve(listens);
    }
    try {
      connection.publish(subject, '{}', { reply: answers.subject });
    } catch {
      end(undefined);
    }
  });
}
