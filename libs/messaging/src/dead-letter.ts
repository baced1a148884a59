import { HEADERS, deadLetterSubject, type ConsumerDefinition } from '@aos/contracts';
import type { Delivery } from './delivery.ts';
import type { StreamMessage } from './publisher.ts';

/** What the headers of a dead letter say; its payload is that of the message as it came. */
export const DEAD_LETTER_HEADERS = {
  reason: 'Aos-Dead-Reason',
  subject: 'Aos-Dead-Subject',
  deliveries: 'Aos-Dead-Deliveries',
  sequence: 'Aos-Dead-Sequence',
} as const;

const REASON_CHARS_MAX = 500;

/** Its id follows from the message, so that a burial repeated after a crash is stored once. */
export function deadLetter(
  definition: ConsumerDefinition,
  delivery: Delivery,
  reason: string,
): StreamMessage {
  return {
    subject: deadLetterSubject(definition),
    id: `${definition.stream}.${definition.name}.${delivery.sequence}`,
    traceparent: delivery.headers?.get(HEADERS.traceparent) ?? '',
    headers: {
      [DEAD_LETTER_HEADERS.reason]: oneLine(reason),
      [DEAD_LETTER_HEADERS.subject]: delivery.subject,
      [DEAD_LETTER_HEADERS.deliveries]: String(delivery.deliveries),
      [DEAD_LETTER_HEADERS.sequence]: String(delivery.sequence),
    },
    payload: delivery.bytes,
  };
}

/** Header values are one line. */
function oneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, REASON_CHARS_MAX);
}
