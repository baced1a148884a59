import { clientFrame, serverFrame } from '../realtime.ts';
import { refTo, type AsyncApiDocument, type AsyncApiPart } from './asyncapi-document.ts';
import { commandChannels } from './command-channels.ts';
import { eventChannels } from './event-channels.ts';
import type { JsonSchemas } from './json-schemas.ts';
import { documentSchemas } from './named-schemas.ts';

/** AsyncAPI 3 of commands, events, streams and the WebSocket, made from the catalogue. `version` is that of the release. */
export function asyncApiDocument(version: string): AsyncApiDocument {
  const schemas = documentSchemas();
  const parts = [watching(schemas), eventChannels(schemas), commandChannels(schemas)];
  return {
    asyncapi: '3.0.0',
    info: {
      title: 'AOS',
      version,
      description:
        'Commands are NATS request/reply with one owner; events are CloudEvents 1.0 on JetStream, to be watched over a WebSocket.',
      license: { name: 'Apache-2.0' },
    },
    defaultContentType: 'application/json',
    servers: {
      realtime: { host: 'localhost:8001', protocol: 'ws', description: 'Where clients watch' },
      nats: { host: 'localhost:4222', protocol: 'nats', description: 'Where services talk' },
    },
    channels: Object.assign({}, ...parts.map((part) => part.channels)),
    operations: Object.assign({}, ...parts.map((part) => part.operations)),
    components: { schemas: schemas.components() },
  };
}

/** `/v1/stream`: frames of clients and of the server. */
function watching(schemas: JsonSchemas): AsyncApiPart {
  return {
    channels: {
      stream: {
        address: '/v1/stream',
        description:
          'Live events of a topic, from a cursor on. The key is sent as X-AOS-Key or bearer token.',
        servers: [refTo('servers', 'realtime')],
        messages: {
          clientFrame: { name: 'clientFrame', payload: schemas.input(clientFrame) },
          serverFrame: { name: 'serverFrame', payload: schemas.output(serverFrame) },
        },
      },
    },
    operations: {
      receiveClientFrame: {
        action: 'receive',
        channel: refTo('channels', 'stream'),
        summary: 'What a client asks for',
        messages: [refTo('channels', 'stream', 'messages', 'clientFrame')],
      },
      sendServerFrame: {
        action: 'send',
        channel: refTo('channels', 'stream'),
        summary: 'What a client is told',
        messages: [refTo('channels', 'stream', 'messages', 'serverFrame')],
      },
    },
  };
}
