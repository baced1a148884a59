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
export * from './servers.ts';
export * from './test-postgres.ts';
export * from './test-stack.ts';
