import type { JsonSchema } from './json-schemas.ts';

/** The part of AsyncAPI 3 that is used here (https://www.asyncapi.com/docs/reference/specification/v3.0.0). */
export interface AsyncApiDocument {
  asyncapi: '3.0.0';
  info: { title: string; version: string; description: string; license: { name: string } };
  defaultContentType: string;
  servers: Record<string, { host: string; protocol: string; description: string }>;
  channels: Record<string, AsyncApiChannel>;
  operations: Record<string, AsyncApiOperation>;
  components: { schemas: Record<string, JsonSchema> };
}

export interface AsyncApiChannel {
  /** null: not known before the request, as the inbox of whoever asks. */
  address: string | null;
  description?: string;
  servers: Reference[];
  parameters?: Record<string, { description: string; enum?: string[] }>;
  messages: Record<string, AsyncApiMessage>;
}

export interface AsyncApiMessage {
  name: string;
  summary?: string;
  headers?: JsonSchema;
  payload: JsonSchema;
}

interface AsyncApiOperation {
  /** Seen from AOS. */
  action: 'send' | 'receive';
  channel: Reference;
  summary: string;
  messages: Reference[];
  reply?: { channel: Reference; messages: Reference[]; address?: { location: string } };
  bindings?: { nats: { queue: string } };
}

export interface Reference {
  $ref: string;
}

/** What one part of the system adds to the document. */
export type AsyncApiPart = Pick<AsyncApiDocument, 'channels' | 'operations'>;

/** A reference, with the parts of its path escaped (RFC 6901). */
export function refTo(...path: string[]): Reference {
  const escaped = path.map((part) => part.replaceAll('~', '~0').replaceAll('/', '~1'));
  return { $ref: `#/${escaped.join('/')}` };
}
