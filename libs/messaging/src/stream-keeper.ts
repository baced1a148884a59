import type { StreamDefinition } from '@aos/contracts';
import type { Msg, MsgHdrs, NatsConnection } from '@nats-io/nats-core';
import type { Link } from './link.ts';

/** A message as its stream keeps it. */
export interface StoredMessage {
  subject: string;
  sequence: number;
  storedAt: string;
  header(name: string): string | undefined;
  payload: Uint8Array;
}

const TIMEOUT_MS = 5_000;
const HTTP_NOT_FOUND = 404;

/** Looks at the messages of a stream one by one and deletes them, without consumer. Methods reject while NATS is away. */
export class StreamKeeper {
  readonly #connection: NatsConnection;
  readonly #link: Link;
  readonly #stream: string;

  constructor(connection: NatsConnection, link: Link, stream: StreamDefinition) {
    this.#connection = connection;
    this.#link = link;
    this.#stream = stream.name;
  }

  get(sequence: number): Promise<StoredMessage | undefined> {
    return this.#read({ seq: sequence });
  }

  /** The first message at or after `sequence` whose subject fits `filter`. */
  next(sequence: number, filter: string): Promise<StoredMessage | undefined> {
    return this.#read({ seq: Math.max(1, sequence), next_by_subj: filter });
  }

  /** False: there is no such message. */
  async delete(sequence: number): Promise<boolean> {
    const answer = await this.#ask(`$JS.API.STREAM.MSG.DELETE.${this.#stream}`, { seq: sequence });
    const { success, error } = answer.json<{ success?: boolean; error?: { description?: string } }>();
    if (success === true) return true;
    // Servers say in many ways that there is no such message.
    if ((await this.get(sequence)) === undefined) return false;
    throw new Error(`${this.#stream} did not delete ${sequence}: ${error?.description ?? 'no reason given'}`);
  }

  async #read(request: { seq: number; next_by_subj?: string }): Promise<StoredMessage | undefined> {
    const answer = await this.#ask(`$JS.API.DIRECT.GET.${this.#stream}`, request);
    const { headers } = answer;
    if (headers === undefined) throw new Error(`${this.#stream} answered without headers`);
    if (headers.code === HTTP_NOT_FOUND) return undefined;
    if (headers.code >= 400) throw new Error(`${this.#stream} cannot be read: ${headers.description}`);
    return toStored(headers, answer);
  }

  #ask(subject: string, request: unknown): Promise<Msg> {
    if (!this.#link.isUp) return Promise.reject(new Error('NATS cannot be reached'));
    return this.#connection.request(subject, JSON.stringify(request), { timeout: TIMEOUT_MS });
  }
}

/** The headers of a direct get carry what the stream knows of the message (NATS ADR-31). */
function toStored(headers: MsgHdrs, { data }: Msg): StoredMessage {
  return {
    subject: headers.get('Nats-Subject'),
    sequence: Number(headers.get('Nats-Sequence')),
    storedAt: new Date(headers.get('Nats-Time-Stamp')).toISOString(),
    header: (name) => (headers.has(name) ? headers.get(name) : undefined),
    payload: data,
  };
}
