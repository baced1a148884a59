import { COMMANDS } from '../catalogue.ts';
import type { Command } from '../command.ts';
import { HEADERS } from '../context.ts';
import { errorSpec } from '../error-spec.ts';
import { refTo, type AsyncApiPart } from './asyncapi-document.ts';
import type { JsonSchema, JsonSchemas } from './json-schemas.ts';

/** Every command: a channel for the request and one for its reply, which goes to the inbox of whoever asks. */
export function commandChannels(schemas: JsonSchemas): AsyncApiPart {
  const parts = COMMANDS.map((command) => commandChannel(command, schemas));
  return {
    channels: Object.assign({}, ...parts.map((part) => part.channels)),
    operations: Object.assign({}, ...parts.map((part) => part.operations)),
  };
}

function commandChannel(command: Command, schemas: JsonSchemas): AsyncApiPart {
  const { subject, summary, owner, callers, timeoutMs, errors } = command;
  const replyName = `${subject}.reply`;
  const servers = [refTo('servers', 'nats')];
  return {
    channels: {
      [subject]: {
        address: subject,
        description: `Answered by ${owner}; sent by ${callers.join(', ')}. A sign of life follows every ${timeoutMs} ms at the latest.`,
        servers,
        messages: {
          request: { name: subject, summary, headers: ENVELOPE, payload: schemas.input(command.input) },
        },
      },
      [replyName]: {
        address: null,
        servers,
        messages: { reply: { name: replyName, payload: outcomeOf(command, schemas) } },
      },
    },
    operations: {
      [subject]: {
        action: 'receive',
        channel: refTo('channels', subject),
        summary: errors.length === 0 ? summary : `${summary}. Fails with ${errors.join(', ')}`,
        messages: [refTo('channels', subject, 'messages', 'request')],
        reply: {
          channel: refTo('channels', replyName),
          messages: [refTo('channels', replyName, 'messages', 'reply')],
        },
        bindings: { nats: { queue: owner } },
      },
    },
  };
}

/** A StructuredOutcome on the wire. */
function outcomeOf(command: Command, schemas: JsonSchemas): JsonSchema {
  return {
    oneOf: [
      {
        type: 'object',
        properties: { ok: { const: true }, value: schemas.output(command.output) },
        required: ['ok', 'value'],
      },
      {
        type: 'object',
        properties: { ok: { const: false }, error: schemas.output(errorSpec) },
        required: ['ok', 'error'],
      },
    ],
  };
}

/** Headers of a request; its body is the input alone. */
const ENVELOPE: JsonSchema = {
  type: 'object',
  properties: {
    [HEADERS.tenant]: { type: 'string', description: 'Required, but where the tenant is what is asked' },
    [HEADERS.actor]: { type: 'string' },
    [HEADERS.level]: { type: 'string', description: '1 to 5' },
    [HEADERS.requestId]: { type: 'string' },
    [HEADERS.deadline]: { type: 'string', description: 'Epoch milliseconds' },
    [HEADERS.idempotencyKey]: { type: 'string' },
    [HEADERS.traceparent]: { type: 'string', description: 'W3C trace context' },
  },
};
