export type { CommandHandler } from './answerer.ts';
export { connectMessaging } from './connect.ts';
export { declareStreams } from './declare-streams.ts';
export type { DurableConsumer, Handled } from './durable-consumer.ts';
export { Messaging, type CoreMessage } from './messaging.ts';
export { natsServerConfig } from './nats-config.ts';
export type { StreamMessage } from './publisher.ts';
export type { Delivery, PullSource } from './pull.ts';
