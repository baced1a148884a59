import { describe, expect, it } from '@jest/globals';
import { errors, type Msg } from '@nats-io/nats-core';
import { placeOf, toDelivery } from './delivery.ts';

describe('the place of a delivery', () => {
  it.each([
    ['$JS.ACK.AOS_WORK.orchestrator.3.17.4.1795261387412102361.0'],
    ['$JS.ACK._.hash.AOS_WORK.orchestrator.3.17.4.1795261387412102361.0.token'],
  ])('is read from %s', (reply) => {
    expect(placeOf(reply)).toEqual({ deliveries: 3, sequence: 17 });
  });
});

function onClosed(): never {
  throw new errors.ClosedConnectionError();
}

describe('a delivery', () => {
  it('may be settled after the connection is closed: it comes again', () => {
    const message = { subject: 's', data: new Uint8Array(), string: () => '', reply: '', respond: onClosed };
    const delivery = toDelivery(message as unknown as Msg);
    expect(() => {
      delivery.ack();
      delivery.nak(5);
      delivery.working();
      delivery.term();
    }).not.toThrow();
  });
});
