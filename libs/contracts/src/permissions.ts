import { commandsOwnedBy, commandsSentBy } from './catalogue.ts';
import { SERVICES, type ServiceName } from './command.ts';
import {
  CONSUMERS,
  DEAD_STREAM,
  LIVE_REVOKED_KEYS,
  deadLetterSubject,
  liveRunEndsSubject,
} from './streams.ts';

/** A NATS user's rights: subjects it may publish to and subscribe to. */
export interface NatsPermissions {
  user: string;
  publish: string[];
  subscribe: string[];
}

/** Consumers whose messages may become dead letters. */
const BURYING = CONSUMERS.filter(({ maxDeliver }) => maxDeliver > 0);

/** Looking at dead letters, and publishing them once more where their consumers find them; nowhere else. */
const DEAD_LETTER_KEEPING = [
  `$JS.API.DIRECT.GET.${DEAD_STREAM.name}`,
  `$JS.API.STREAM.MSG.DELETE.${DEAD_STREAM.name}`,
  ...new Set(BURYING.map(({ filter }) => filter)),
];

/** What a service does on NATS beside commands and its consumers. */
const EXTRA: Record<ServiceName, { publish: string[]; subscribe: string[] }> = {
  'api-gateway': { publish: ['aos.events.v1.*._.key.>'], subscribe: [LIVE_REVOKED_KEYS] },
  orchestrator: {
    publish: [
      'aos.events.v1.*.*.run.>',
      'aos.events.v1.*.*.message.>',
      'aos.work.runs',
      'orchestrator.nudge.*',
      ...DEAD_LETTER_KEEPING,
    ],
    subscribe: ['orchestrator.nudge.*'],
  },
  router: { publish: ['aos.events.v1.*.*.llm.>'], subscribe: [LIVE_REVOKED_KEYS] },
  realtime: { publish: [], subscribe: ['aos.live.v1.>'] },
  eval: { publish: ['aos.events.v1.*._.evaluation.>'], subscribe: [liveRunEndsSubject('*')] },
  billing: { publish: [], subscribe: [] },
};

/** Each service has an inbox of its own, so that none can read another's replies. */
export function inboxPrefix(user: string): string {
  return `_INBOX_${user}`;
}

/** Where a user is answered by one owner of commands: by nobody else, so that none can answer in another's place. */
export function replyPrefix(user: string, owner: string): string {
  return `${inboxPrefix(user)}.${owner}`;
}

/** Where a person is answered, also one with a tool that knows no inbox of its own; only `operator` can listen there. */
const INBOXES_OF_PERSONS = ['_INBOX.>', `${inboxPrefix('operator')}.>`];

/**
 * Whom a service may answer. Named, because the server's `allow_responses` remembers every request for as long as an
 * answer may take, and servers before 2.10 look through all of them at each further one.
 */
function answerSubjects(service: ServiceName): string[] {
  const callers = new Set(commandsOwnedBy(service).flatMap((command) => command.callers));
  if (callers.size === 0) return [];
  return [...INBOXES_OF_PERSONS, ...[...callers].map((caller) => `${replyPrefix(caller, service)}.>`)];
}

/** The rights of one service, from the catalogue. */
export function natsPermissions(service: ServiceName): NatsPermissions {
  const consumers = CONSUMERS.filter((consumer) => consumer.service === service);
  const consumerSubjects = consumers.flatMap(({ stream, name }) => [
    `$JS.API.CONSUMER.INFO.${stream}.${name}`,
    `$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`,
    `$JS.ACK.${stream}.${name}.>`,
  ]);
  return {
    user: service,
    publish: [
      ...commandsSentBy(service).map((command) => command.subject),
      ...answerSubjects(service),
      ...consumerSubjects,
      ...consumers.filter((consumer) => BURYING.includes(consumer)).map(deadLetterSubject),
      ...EXTRA[service].publish,
    ],
    subscribe: [
      `${inboxPrefix(service)}.>`,
      ...commandsOwnedBy(service).map((command) => command.subject),
      ...EXTRA[service].subscribe,
    ],
  };
}

/** The user that declares streams and consumers. */
const MIGRATE: NatsPermissions = {
  user: 'migrate',
  publish: ['$JS.API.>'],
  subscribe: [`${inboxPrefix('migrate')}.>`],
};

/** A person who looks and repairs; no service logs in as it. Its URL is `nats_url` of a local stack. */
const OPERATOR: NatsPermissions = { user: 'operator', publish: ['>'], subscribe: ['>'] };

export function allNatsPermissions(): NatsPermissions[] {
  return [MIGRATE, OPERATOR, ...SERVICES.map(natsPermissions)];
}
