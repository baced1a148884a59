import { DEAD_STREAM, HEADERS } from '@aos/contracts';
import { DEAD_LETTER_HEADERS, type Messaging, type StoredMessage } from '@aos/messaging';
import {
  DeadLettersUnavailableError,
  type DeadLetter,
  type DeadLetters,
} from '../application/ops/dead-letters.ts';

/** The dead letters in their stream. */
export function natsDeadLetters(messaging: Messaging): DeadLetters {
  const stream = messaging.streamKeeper(DEAD_STREAM);
  return {
    get: (sequence) => reached(stream.get(sequence).then(toLetter)),
    next: (sequence, consumer) =>
      reached(
        stream
          .next(sequence, consumer === undefined ? 'aos.dead.>' : `aos.dead.*.${consumer}`)
          .then(toLetter),
      ),
    republish: ({ sequence, traceparent, payload }, subject) => {
      // Its own id would be taken for a repeat; this one is the same however often it is tried.
      const id = `${DEAD_STREAM.name}-${sequence}`;
      return reached(
        messaging.publishEvents([{ subject, id, payload, ...(traceparent !== null && { traceparent }) }]),
      );
    },
    delete: (sequence) => reached(stream.delete(sequence)),
  };
}

async function reached<T>(answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    throw new DeadLettersUnavailableError(error);
  }
}

function toLetter(message: StoredMessage | undefined): DeadLetter | undefined {
  if (message === undefined) return undefined;
  const { sequence, subject: deadSubject, storedAt, payload } = message;
  const deliveries = Number(message.header(DEAD_LETTER_HEADERS.deliveries) ?? '');
  return {
    sequence,
    deadSubject,
    subject: message.header(DEAD_LETTER_HEADERS.subject) ?? null,
    reason: message.header(DEAD_LETTER_HEADERS.reason) ?? null,
    deliveries: Number.isSafeInteger(deliveries) && deliveries > 0 ? deliveries : null,
    traceparent: message.header(HEADERS.traceparent) ?? null,
    storedAt,
    payload,
  };
}
