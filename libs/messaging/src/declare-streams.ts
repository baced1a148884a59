import { CONSUMERS, STREAMS, type ConsumerDefinition, type StreamDefinition } from '@aos/contracts';
import type { Logger } from '@aos/telemetry';
import {
  AckPolicy,
  DeliverPolicy,
  JetStreamApiError,
  RetentionPolicy,
  StorageType,
  jetstreamManager,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/nats-core';
import { openConnection } from './connect.ts';

/** Codes of the JetStream API (server/errors.json): stream not found, consumer not found. */
const NOT_FOUND = new Set([10_059, 10_014]);

/** Declares every stream and consumer of the contracts; what exists is brought up to date. As user `migrate`. */
export async function declareStreams({ url, logger }: { url: string; logger: Logger }): Promise<void> {
  const connection = await openConnection({ url, service: 'migrate', logger });
  try {
    const manager = await jetstreamManager(connection, { checkAPI: false });
    for (const stream of STREAMS) await declareStream(manager, stream);
    for (const consumer of CONSUMERS) await declareConsumer(manager, consumer);
  } finally {
    await connection.close();
  }
}

async function declareStream(manager: JetStreamManager, stream: StreamDefinition): Promise<void> {
  const config = {
    name: stream.name,
    subjects: [...stream.subjects],
    retention: stream.retention === 'workqueue' ? RetentionPolicy.Workqueue : RetentionPolicy.Limits,
    storage: StorageType.File,
    max_age: nanos(stream.maxAgeMs),
    duplicate_window: nanos(stream.duplicateWindowMs),
    allow_direct: true,
    ...(stream.republish === undefined
      ? {}
      : { republish: { src: stream.republish.from, dest: stream.republish.to } }),
  };
  if (await exists(() => manager.streams.info(stream.name)))
    await manager.streams.update(stream.name, config);
  else await manager.streams.add(config);
}

async function declareConsumer(manager: JetStreamManager, consumer: ConsumerDefinition): Promise<void> {
  const limits = {
    ack_wait: nanos(consumer.ackWaitMs),
    max_ack_pending: consumer.maxAckPending,
    max_deliver: consumer.maxDeliver,
  };
  if (await exists(() => manager.consumers.info(consumer.stream, consumer.name))) {
    await manager.consumers.update(consumer.stream, consumer.name, limits);
    return;
  }
  await manager.consumers.add(consumer.stream, {
    durable_name: consumer.name,
    filter_subject: consumer.filter,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ...limits,
  });
}

async function exists(look: () => Promise<unknown>): Promise<boolean> {
  try {
    await look();
    return true;
  } catch (error) {
    if (error instanceof JetStreamApiError && NOT_FOUND.has(error.code)) return false;
    throw error;
  }
}
