import { errors, type Msg, type PublishOptions } from '@nats-io/nats-core';

/** Answers a message; false when the connection is closed, so that nobody can be answered any more. */
export function respond(message: Msg, payload: string, options?: PublishOptions): boolean {
  try {
    return message.respond(payload, options);
  } catch (error) {
    if (error instanceof errors.ClosedConnectionError) return false;
    throw error;
  }
}
