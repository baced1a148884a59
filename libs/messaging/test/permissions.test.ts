import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  COMMANDS,
  RUN_TICKETS,
  SERVICES,
  eventSubject,
  natsPermissions,
  runsSubmit,
  type Command,
} from '@aos/contracts';
import { PermissionViolationError, type NatsConnection } from '@nats-io/nats-core';
import { connect } from '@nats-io/transport-node';
import { Surroundings } from './surroundings.ts';

const EVENT = eventSubject({ tenantId: 'acme', entity: 'run', entityId: 'r' }, 'run.started');

interface User {
  connection: NatsConnection;
  /** What the server refused it so far. */
  refused: string[];
}

let surroundings: Surroundings;
const users = new Map<string, User>();

beforeAll(async () => {
  surroundings = await Surroundings.start();
  for (const service of SERVICES) users.set(service, watched(await surroundings.raw(service)));
}, 120_000);

afterAll(() => surroundings.stop());

function watched(connection: NatsConnection): User {
  const refused: string[] = [];
  void (async () => {
    for await (const status of connection.status()) {
      if (status.type === 'error' && status.error instanceof PermissionViolationError)
        refused.push(`${status.error.operation} ${status.error.subject}`);
    }
  })();
  return { connection, refused };
}

function user(service: string): User {
  const found = users.get(service);
  if (found === undefined) throw new Error(`no connection of ${service}`);
  return found;
}

/** What the server refuses while `attempt` is made; it says so before it answers the flush. */
async function refusals(service: string, attempt: (connection: NatsConnection) => void): Promise<string[]> {
  const { connection, refused } = user(service);
  refused.length = 0;
  attempt(connection);
  await connection.flush();
  await nextTurn();
  return [...refused];
}

const publishes = (service: string, subject: string): Promise<string[]> =>
  refusals(service, (connection) => connection.publish(subject, '{}'));

const subscribes = (service: string, subject: string): Promise<string[]> =>
  refusals(service, (connection) =>
    connection.subscribe(subject, { callback: () => undefined }).unsubscribe(),
  );

describe.each(SERVICES)('the user %s', (service) => {
  it.each(COMMANDS.map((command: Command) => [command.subject, command] as const))(
    'may send and answer %s only where the catalogue says so',
    async (subject, { owner, callers }) => {
      expect(await publishes(service, subject)).toEqual(
        callers.includes(service) ? [] : [`publish ${subject}`],
      );
      expect(await subscribes(service, subject)).toEqual(
        owner === service ? [] : [`subscription ${subject}`],
      );
    },
  );

  it.each(SERVICES.filter((other) => other !== service))(
    'may not read what %s is answered',
    async (other) => {
      for (const inbox of [`_INBOX_${other}.>`, '_INBOX.>', `_INBOX_${other}.x.1`])
        expect(await subscribes(service, inbox)).toEqual([`subscription ${inbox}`]);
      expect(await subscribes(service, `_INBOX_${service}.>`)).toEqual([]);
    },
  );

  it('may not speak to JetStream but where its consumers are', async () => {
    const forbidden = [
      '$JS.API.STREAM.DELETE.AOS_EVENTS',
      '$JS.API.STREAM.PURGE.AOS_WORK',
      '$JS.API.STREAM.MSG.GET.AOS_EVENTS',
      '$JS.API.CONSUMER.CREATE.AOS_EVENTS.spy',
      '$SYS.REQ.SERVER.PING',
    ];
    for (const subject of forbidden)
      expect(await publishes(service, subject)).toEqual([`publish ${subject}`]);
    const pull = `$JS.API.CONSUMER.MSG.NEXT.${RUN_TICKETS.stream}.${RUN_TICKETS.name}`;
    expect(await publishes(service, pull)).toEqual(
      service === RUN_TICKETS.service ? [] : [`publish ${pull}`],
    );
  });

  it('may not listen to everything', async () => {
    for (const subject of ['>', 'aos.events.v1.>', 'orchestrator.>', 'gateway.>'])
      expect(await subscribes(service, subject)).toEqual([`subscription ${subject}`]);
  });
});

describe('events', () => {
  it('of runs are published by orchestrator only', async () => {
    expect(await publishes('orchestrator', EVENT)).toEqual([]);
    expect(await publishes('realtime', EVENT)).toEqual([`publish ${EVENT}`]);
    expect(await publishes('api-gateway', EVENT)).toEqual([`publish ${EVENT}`]);
  });

  it('live are heard by realtime only, and forged by nobody', async () => {
    expect(await subscribes('realtime', 'aos.live.v1.>')).toEqual([]);
    expect(await subscribes('api-gateway', 'aos.live.v1.>')).toEqual(['subscription aos.live.v1.>']);
    for (const service of SERVICES) {
      const subject = EVENT.replace('aos.events', 'aos.live');
      expect(await publishes(service, subject)).toEqual([`publish ${subject}`]);
    }
  });
});

describe('whoever answers', () => {
  it.each(SERVICES.flatMap((owner) => SERVICES.map((caller) => [owner, caller] as const)))(
    'as %s may answer %s only if it may be asked by it, and in the place of nobody else',
    async (owner, caller) => {
      const mayAsk = COMMANDS.some((command: Command) => {
        return command.owner === owner && command.callers.includes(caller);
      });
      const own = `_INBOX_${caller}.${owner}.process.1`;
      expect(await publishes(owner, own)).toEqual(mayAsk ? [] : [`publish ${own}`]);
      for (const other of [`_INBOX_${caller}.process.1`, `_INBOX_${caller}.somebody.process.1`]) {
        expect(await publishes(owner, other)).toEqual([`publish ${other}`]);
      }
    },
  );

  it('may answer a person, whose tool knows no inbox of its own', async () => {
    const subscription = user('orchestrator').connection.subscribe(runsSubmit.subject, {
      callback: (_, message) => void message.respond('first'),
    });
    await user('orchestrator').connection.flush();
    const person = await surroundings.raw();
    const own = await person.request(runsSubmit.subject, '{}', { timeout: 5_000 });
    const plain = { reply: '_INBOX.tool.1', noMux: true, timeout: 5_000 };
    const tool = await person.request(runsSubmit.subject, '{}', plain);
    expect([own.string(), tool.string()]).toEqual(['first', 'first']);
    subscription.unsubscribe();
  });
});

describe('nobody', () => {
  it.each([
    ['without a password', {}],
    ['with a wrong password', { user: 'orchestrator', pass: 'wrong' }],
    ['with an unknown name', { user: 'stranger', pass: 'local-stranger' }],
  ])('joins %s', async (_, credentials) => {
    const { host } = new URL(surroundings.nats.urlFor('operator'));
    await expect(connect({ servers: host, reconnect: false, ...credentials })).rejects.toThrow(
      /authorization/i,
    );
  });
});

describe('the rights of a service', () => {
  it.each(SERVICES)('of %s never cover everything', (service) => {
    const { publish, subscribe } = natsPermissions(service);
    expect([...publish, ...subscribe]).not.toContain('>');
  });
});
