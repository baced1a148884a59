import { describe, expect, it } from '@jest/globals';
import { RUN_TICKETS } from '@aos/contracts';
import { DEAD_LETTER_HEADERS, deadLetter } from './dead-letter.ts';
import type { Delivery } from './delivery.ts';

const settle = (): void => undefined;

function delivery(deliveries: number, sequence: number): Delivery {
  return {
    subject: 'aos.work.runs',
    payload: 'x',
    bytes: Buffer.from([0xff, 0x00]),
    headers: undefined,
    deliveries,
    sequence,
    ack: settle,
    nak: settle,
    working: settle,
    term: settle,
  };
}

describe('a dead letter', () => {
  it('of one message has one id, however often it is buried', () => {
    const id = deadLetter(RUN_TICKETS, delivery(1, 7), 'first').id;
    expect(deadLetter(RUN_TICKETS, delivery(2, 7), 'again').id).toBe(id);
    expect(deadLetter(RUN_TICKETS, delivery(1, 8), 'another').id).not.toBe(id);
    const other = { ...RUN_TICKETS, name: 'other' };
    expect(deadLetter(other, delivery(1, 7), 'of another reader').id).not.toBe(id);
  });

  it('keeps the message byte by byte', () => {
    expect(deadLetter(RUN_TICKETS, delivery(1, 7), 'x').payload).toEqual(Buffer.from([0xff, 0x00]));
  });

  it('says the reason in one line of bounded length', () => {
    const { headers } = deadLetter(RUN_TICKETS, delivery(1, 7), `two\r\nlines ${'x'.repeat(1_000)}`);
    const reason = headers?.[DEAD_LETTER_HEADERS.reason] ?? '';
    expect(reason).toMatch(/^two lines x+$/);
    expect(reason.length).toBe(500);
  });
});
