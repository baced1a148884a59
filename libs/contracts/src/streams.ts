import type { EventType } from './events.ts';
import type { ServiceName } from './command.ts';

const HOUR_MS = 3_600_000;

export interface StreamDefinition {
  name: string;
  subjects: readonly string[];
  retention: 'limits' | 'workqueue';
  maxAgeMs: number;
  duplicateWindowMs: number;
  /** Core subjects on which each stored message is sent again, with its sequence in the headers. */
  republish?: { from: string; to: string };
}

export interface ConsumerDefinition {
  name: string;
  stream: string;
  service: ServiceName;
  /** One filter only: servers before 2.10 know no more. */
  filter: string;
  ackWaitMs: number;
  maxAckPending: number;
  /** -1: without limit; else a message goes to the dead letters after so many deliveries. */
  maxDeliver: number;
}

export const EVENTS_STREAM: StreamDefinition = {
  name: 'AOS_EVENTS',
  subjects: ['aos.events.v1.>'],
  retention: 'limits',
  maxAgeMs: 72 * HOUR_MS,
  duplicateWindowMs: 120_000,
  republish: { from: 'aos.events.v1.>', to: 'aos.live.v1.>' },
};

export const WORK_STREAM: StreamDefinition = {
  name: 'AOS_WORK',
  subjects: ['aos.work.runs'],
  retention: 'workqueue',
  maxAgeMs: 0,
  duplicateWindowMs: 120_000,
};

export const DEAD_STREAM: StreamDefinition = {
  name: 'AOS_DEAD',
  subjects: ['aos.dead.>'],
  retention: 'limits',
  maxAgeMs: 30 * 24 * HOUR_MS,
  duplicateWindowMs: 120_000,
};

export const STREAMS = [EVENTS_STREAM, WORK_STREAM, DEAD_STREAM] as const;

/** Run tickets: a wake-up and a scaling signal, never a right to a run. */
export const RUN_TICKETS: ConsumerDefinition = {
  name: 'orchestrator',
  stream: WORK_STREAM.name,
  service: 'orchestrator',
  filter: 'aos.work.runs',
  ackWaitMs: 30_000,
  maxAckPending: 10_000,
  maxDeliver: -1,
};

const EVENT_READER = {
  stream: EVENTS_STREAM.name,
  ackWaitMs: 30_000,
  maxAckPending: 1_000,
  maxDeliver: 20,
} as const;

/** Metering of model calls. */
export const LLM_USAGE: ConsumerDefinition = {
  ...EVENT_READER,
  name: 'billing-llm',
  service: 'billing',
  filter: 'aos.events.v1.*.*.llm.*.llm.completed',
};

/** Metering of runs. */
export const RUN_USAGE: ConsumerDefinition = {
  ...EVENT_READER,
  name: 'billing-runs',
  service: 'billing',
  filter: 'aos.events.v1.*.*.run.*.run.finished',
};

export const CONSUMERS: readonly ConsumerDefinition[] = [RUN_TICKETS, LLM_USAGE, RUN_USAGE];

/** Consumers of earlier versions; they are deleted, because a consumer that nobody reads still costs every message. */
export const RETIRED_CONSUMERS: readonly Pick<ConsumerDefinition, 'stream' | 'name'>[] = [
  { stream: EVENTS_STREAM.name, name: 'eval-runs' },
];

interface EventPlace {
  tenantId: string;
  agentId?: string | undefined;
  entity: 'run' | 'llm' | 'key' | 'evaluation' | 'message';
  entityId: string;
}

/** `aos.events.v1.<tenant>.<agent or _>.<entity>.<entity id>.<event type…>` */
export function eventSubject(place: EventPlace, type: EventType): string {
  return `aos.events.v1.${place.tenantId}.${place.agentId ?? '_'}.${place.entity}.${place.entityId}.${type}`;
}

/** Where the live copies of a run's events are sent. */
export function liveRunSubject(tenantId: string, runId: string): string {
  return `aos.live.v1.${tenantId}.*.run.${runId}.>`;
}

/** Where the ends of a tenant's runs are sent; `*`: of all tenants. */
export function liveRunEndsSubject(tenantId: string): string {
  return `aos.live.v1.${tenantId}.*.run.*.run.finished`;
}

/** Where every replica hears of keys that are revoked, of any tenant. */
export const LIVE_REVOKED_KEYS = 'aos.live.v1.*._.key.*.key.revoked';

export function deadLetterSubject(consumer: ConsumerDefinition): string {
  return `aos.dead.${consumer.stream}.${consumer.name}`;
}

/** A nudge to the process that owns a run: look at its signals. Core NATS; losing it costs a second. */
export function signalSubject(workerId: string): string {
  return `orchestrator.nudge.${workerId}`;
}
