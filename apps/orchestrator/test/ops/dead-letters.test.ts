import {
  LLM_USAGE,
  RUN_USAGE,
  deadLetterSubject,
  eventSubject,
  opsDeadLettersDelete,
  opsDeadLettersGet,
  opsDeadLettersList,
  opsDeadLettersReplay,
  type Command,
  type InputOf,
  type OutputOf,
} from '@aos/contracts';
import { DEAD_LETTER_HEADERS, connectMessaging, type Messaging } from '@aos/messaging';
import { createLogger } from '@aos/telemetry';
import { waitUntil } from '@aos/testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startOrchestrator, type RunningOrchestrator } from '../planner/orchestrator-app.ts';
import { openSurroundings, type Surroundings } from '../planner/surroundings.ts';
import { ownerOf, platform } from './ops-world.ts';

const TENANT = 'acme';

let around: Surroundings;
let orchestrator: RunningOrchestrator;
let billing: Messaging;
let realtime: Messaging;

beforeAll(async () => {
  around = await openSurroundings();
  const logger = createLogger({ service: 'test', level: 'silent' });
  const join = (service: string) => connectMessaging({ url: around.natsUrlOf(service), service, logger });
  billing = await join('billing');
  realtime = await join('realtime');
  orchestrator = await startOrchestrator(around.database, around.natsUrl);
});
afterAll(async () => {
  await Promise.all([billing.drain(), realtime.drain()]);
  await orchestrator.close();
  await around.close();
});

async function operate<C extends Command>(command: C, input: InputOf<C>): Promise<OutputOf<C>> {
  const outcome = await around.askAs(platform(TENANT), command, input);
  if (!outcome.ok) throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
  return outcome.value;
}

async function bury(consumer: typeof RUN_USAGE, id: string, payload: string | Uint8Array, headers = {}) {
  await billing.publishEvents([{ subject: deadLetterSubject(consumer), id, payload, headers }]);
}

const numbers = async (consumer?: string) =>
  (await operate(opsDeadLettersList, { limit: 50, ...(consumer !== undefined && { consumer }) })).data.map(
    ({ sequence }) => sequence,
  );

describe('dead letters', () => {
  const SUBJECT = eventSubject(
    { tenantId: TENANT, agentId: 'a', entity: 'run', entityId: 'r' },
    'run.finished',
  );

  it('are listed whatever they hold, inspected, published again where they came from, and deleted', async () => {
    const facts = { [DEAD_LETTER_HEADERS.subject]: SUBJECT, [DEAD_LETTER_HEADERS.deliveries]: '20' };
    await bury(RUN_USAGE, 'one', '{"a":1}', { ...facts, [DEAD_LETTER_HEADERS.reason]: 'bad' });
    await bury(RUN_USAGE, 'two', Uint8Array.from([0xff, 0x00]));
    await bury(LLM_USAGE, 'three', '', { [DEAD_LETTER_HEADERS.subject]: 'aos.work.runs' });
    const { data, next_cursor } = await operate(opsDeadLettersList, { limit: 2 });
    expect(data).toEqual([
      expect.objectContaining({
        sequence: 1,
        stream: 'AOS_EVENTS',
        consumer: 'billing-runs',
        subject: SUBJECT,
        reason: 'bad',
        deliveries: 20,
        payload_bytes: 7,
        preview: '{"a":1}',
      }),
      expect.objectContaining({
        sequence: 2,
        subject: null,
        reason: null,
        deliveries: null,
        payload_bytes: 2,
      }),
    ]);
    expect(next_cursor).toBe('3');
    expect(await numbers('billing-llm')).toEqual([3]);
    expect(await operate(opsDeadLettersGet, { sequence: 1 })).toMatchObject({ payload: '{"a":1}' });
    expect(await operate(opsDeadLettersGet, { sequence: 2 })).toMatchObject({
      payload: null,
      payload_base64: '/wA=',
    });

    const seen: string[] = [];
    const live = SUBJECT.replace('aos.events', 'aos.live');
    realtime.subscribeCore(live, ({ payload }) => void seen.push(payload));
    await realtime.roundTripMs();
    expect(await operate(opsDeadLettersReplay, { consumer: 'billing-runs', limit: 10 })).toEqual({
      replayed: 1,
      failed: 1,
      data: [
        { sequence: 1, outcome: 'replayed', detail: null },
        { sequence: 2, outcome: 'failed', detail: expect.stringContaining('does not say') },
      ],
      more: false,
    });
    await waitUntil(async () => seen.length === 1, { what: 'the event is published again' });
    expect(seen).toEqual(['{"a":1}']);
    expect(await operate(opsDeadLettersReplay, { sequence: 3, limit: 1 })).toMatchObject({ failed: 1 });
    expect(await numbers()).toEqual([2, 3]);
    await operate(opsDeadLettersDelete, { sequence: 2 });
    expect(await numbers()).toEqual([3]);
    const gone = { error: { code: 'not_found' } };
    expect(await around.askAs(platform(), opsDeadLettersGet, { sequence: 2 })).toMatchObject(gone);
    expect(await around.askAs(platform(), opsDeadLettersDelete, { sequence: 2 })).toMatchObject(gone);
    expect(await around.askAs(platform(), opsDeadLettersReplay, { sequence: 2, limit: 1 })).toMatchObject(
      gone,
    );
  });

  it('are for the platform alone', async () => {
    const owner = ownerOf(TENANT);
    const refused = { error: { code: 'authorization_denied' } };
    expect(await around.askAs(owner, opsDeadLettersList, { limit: 1 })).toMatchObject(refused);
    expect(await around.askAs(owner, opsDeadLettersGet, { sequence: 1 })).toMatchObject(refused);
    expect(await around.askAs(owner, opsDeadLettersDelete, { sequence: 1 })).toMatchObject(refused);
    expect(await around.askAs(owner, opsDeadLettersReplay, { sequence: 1, limit: 1 })).toMatchObject(refused);
    const both = { sequence: 1, consumer: 'billing-runs', limit: 1 };
    expect(await around.askAs(platform(), opsDeadLettersReplay, both)).toMatchObject({
      error: { code: 'invalid_request' },
    });
    expect(await around.askAs(platform(), opsDeadLettersList, { limit: 1, cursor: '-1' })).toMatchObject({
      error: { code: 'invalid_request' },
    });
  });
});
