import { EVENT_DATA, cloudEvent, isEventType, type EventType } from '../events.ts';
import { EVENTS_STREAM, STREAMS, type StreamDefinition } from '../streams.ts';
import { refTo, type AsyncApiChannel, type AsyncApiMessage, type AsyncApiPart } from './asyncapi-document.ts';
import type { JsonSchema, JsonSchemas } from './json-schemas.ts';

const HOUR_MS = 3_600_000;
const PLACE = '{tenant}.{agent}.{entity}.{entity_id}.{type}';

const PLACE_PARAMETERS = {
  tenant: { description: 'Tenant id' },
  agent: { description: 'Agent id, or _ where there is none' },
  entity: { description: 'What the event is about' },
  entity_id: { description: 'Its id' },
  type: { description: 'Event type; may have several tokens', enum: Object.keys(EVENT_DATA) },
};

/** The events as stored and as sent on live, and the other streams. */
export function eventChannels(schemas: JsonSchemas): AsyncApiPart {
  const messages = eventMessages(schemas);
  const stored = `aos.events.v1.${PLACE}`;
  const live = `aos.live.v1.${PLACE}`;
  const servers = [refTo('servers', 'nats')];
  const others = STREAMS.filter((stream) => stream !== EVENTS_STREAM).map(streamChannel);
  return {
    channels: {
      events: {
        address: stored,
        description: keptOn(EVENTS_STREAM),
        servers,
        parameters: PLACE_PARAMETERS,
        messages,
      },
      live: {
        address: live,
        description: 'Each stored event again, with its sequence in the header Nats-Sequence',
        servers,
        parameters: PLACE_PARAMETERS,
        messages,
      },
      ...Object.fromEntries(others),
    },
    operations: {
      publishEvent: sendOn('events', 'Tell what has happened', Object.keys(messages)),
      republishEvent: sendOn('live', 'Tell it to whoever watches', Object.keys(messages)),
    },
  };
}

function sendOn(channel: string, summary: string, messages: string[]): AsyncApiPart['operations'][string] {
  return {
    action: 'send',
    channel: refTo('channels', channel),
    summary,
    messages: messages.map((name) => refTo('channels', channel, 'messages', name)),
  };
}

function eventMessages(schemas: JsonSchemas): Record<string, AsyncApiMessage> {
  const types = Object.keys(EVENT_DATA).filter(isEventType);
  return Object.fromEntries(types.map((type) => [type, eventMessage(type, schemas)]));
}

function eventMessage(type: EventType, schemas: JsonSchemas): AsyncApiMessage {
  const payload: JsonSchema = {
    allOf: [schemas.output(cloudEvent)],
    properties: { type: { const: type }, data: schemas.output(EVENT_DATA[type]) },
  };
  const headers: JsonSchema = {
    type: 'object',
    properties: {
      'Nats-Msg-Id': { type: 'string', description: 'The event id' },
      traceparent: { type: 'string' },
    },
  };
  return { name: type, headers, payload };
}

function streamChannel(stream: StreamDefinition): [string, AsyncApiChannel] {
  const channel: AsyncApiChannel = {
    address: stream.subjects.join(', '),
    description: keptOn(stream),
    servers: [refTo('servers', 'nats')],
    messages: { message: { name: stream.name, payload: { type: 'object' } } },
  };
  return [stream.name, channel];
}

function keptOn({ name, retention, maxAgeMs }: StreamDefinition): string {
  const age = maxAgeMs === 0 ? 'without end' : `for ${maxAgeMs / HOUR_MS} hours`;
  return `Stream ${name}: ${retention === 'workqueue' ? 'kept until done' : `kept ${age}`}`;
}
