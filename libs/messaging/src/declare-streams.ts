import {
  CONSUMERS,
  RETIRED_CONSUMERS,
  STREAMS,
  type ConsumerDefinition,
  type StreamDefinition,
} from '@aos/contracts';
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

interface DeclareOptions {
  /** Of the user `migrate`. */
  url: string;
  logger: Logger;
  /** Default: those of the contracts. */
  streams?: readonly StreamDefinition[];
  consumers?: readonly ConsumerDefinition[];
}

/** Declares every stream and consumer; what exists is brought up to date, what it holds stays; retired consumers are deleted. */
export async function declareStreams(options: DeclareOptions): Promise<void> {
  const { url, logger, streams = STREAMS, consumers = CONSUMERS } = options;
  const connection = await openConnection({ url, service: 'migrate', logger });
  try {
    const manager = await jetstreamManager(connection, { checkAPI: false });
    for (const stream of streams) await declareStream(manager, stream);
    for (const consumer of consumers) await declareConsumer(manager, consumer);
    for (const { stream, name } of RETIRED_CONSUMERS)
      await exists(() => manager.consumers.delete(stream, name));
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
  const changeable = {
    filter_subject: consumer.filter,
    ack_wait: nanos(consumer.ackWaitMs),
    max_ack_pending: consumer.maxAckPending,
    // Without limit here: the consumer counts itself, and buries what the server would only stop delivering.
    max_deliver: -1,
  };
  if (await exists(() => manager.consumers.info(consumer.stream, consumer.name))) {
    await manager.consumers.update(consumer.stream, consumer.name, changeable);
    return;
  }
  await manager.consumers.add(consumer.stream, {
    durable_name: consumer.name,
    ack_policy: AckPolicy.Explicit,
    deliver_policy: DeliverPolicy.All,
    ...changeable,
  });
}

/** False when what `use` asks for is not there. */
async function exists(use: () => Promise<unknown>): Promise<boolean> {
  try {
    await use();
    return true;
  } catch (error) {
    if (error instanceof JetStreamApiError && NOT_FOUND.has(error.code)) return false;
    throw error;
  }
}
