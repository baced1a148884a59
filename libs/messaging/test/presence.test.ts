import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { signalSubject } from '@aos/contracts';
import { waitUntil } from '@aos/testing';
import type { Messaging } from '../src/index.ts';
import { RUN_ID, Surroundings, isKnown } from './surroundings.ts';

const SUBJECT = signalSubject(RUN_ID);

let surroundings: Surroundings;
let asking: Messaging;

beforeAll(async () => {
  surroundings = await Surroundings.start();
  asking = await surroundings.join('orchestrator');
});
afterAll(() => surroundings.stop());

describe('whether somebody listens', () => {
  it('is known of who listens without answering, and at once of who has gone', async () => {
    expect(await asking.hasListener(SUBJECT)).toBe(false);
    const listening = await surroundings.join('orchestrator');
    listening.subscribeCore(SUBJECT, () => undefined);
    await isKnown(listening);
    expect(await asking.hasListener(SUBJECT)).toBe(true);
    await listening.drain();
    await waitUntil(async () => (await asking.hasListener(SUBJECT)) === false, { what: 'it has gone' });
  });

  it('is not known while the server is away', async () => {
    await surroundings.nats.kill();
    await waitUntil(async () => (await asking.hasListener(SUBJECT)) === undefined, { what: 'NATS is away' });
    await surroundings.nats.restart();
  });
});
