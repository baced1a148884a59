export {
  modelError,
  startModelSandbox,
  textAnswer,
  toolAnswer,
  waitUntil,
  type MessagesRequest,
  type ModelRequest,
  type ModelSandbox,
} from '@aos/tooling';
export * from './http-receiver.ts';
export { startOtlpReceiver, type OtlpReceiver } from './otlp/otlp-receiver.ts';
export type { ReceivedSpan } from './otlp/received-span.ts';
export * from './servers.ts';
export * from './test-postgres.ts';
export * from './test-stack.ts';
