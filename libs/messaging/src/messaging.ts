import type {
  Command,
  ConsumerDefinition,
  InputOf,
  OutputOf,
  RequestContext,
  StreamDefinition,
  StructuredOutcome,
} from '@aos/contracts';
import type { Logger } from '@aos/telemetry';
import type { Msg, NatsConnection } from '@nats-io/nats-core';
import type { z } from 'zod';
import { Answerer, type CommandHandler } from './answerer.ts';
import { DurableConsumer, type ConsumeOptions } from './durable-consumer.ts';
import { Inbox } from './inbox.ts';
import { Link } from './link.ts';
import { hasListener } from './presence.ts';
import { StreamPublisher, type StreamMessage } from './publisher.ts';
import { PullSource } from './pull.ts';
import { Requester } from './requester.ts';
import { StreamKeeper } from './stream-keeper.ts';

/** A message of a core subject. */
export interface CoreMessage {
  subject: string;
  payload: string;
  /** The message's sequence in the stream it was republished from. */
  sequence?: number;
}

/** A service's place on NATS. */
export class Messaging {
  readonly #connection: NatsConnection;
  readonly #logger: Logger;
  readonly #link: Link;
  readonly #inboxPrefix: string;
  readonly #inbox: Inbox;
  readonly #requester: Requester;
  readonly #answerer: Answerer;
  readonly #publisher: StreamPublisher;
  readonly #consumers: { drain(): Promise<void> }[] = [];
  #drained: Promise<void> | undefined;

  constructor(connection: NatsConnection, inboxPrefix: string, logger: Logger) {
    this.#connection = connection;
    this.#logger = logger;
    this.#link = new Link(connection, logger);
    this.#inboxPrefix = inboxPrefix;
    const inbox = new Inbox(connection, inboxPrefix, logger);
    this.#inbox = inbox;
    this.#requester = new Requester(connection, inbox, this.#link, logger);
    this.#answerer = new Answerer(connection, logger);
    this.#publisher = new StreamPublisher({ connection, inbox, link: this.#link });
  }

  /** Never rejects: what goes wrong is an outcome. While NATS is away the answer is `unavailable`, at once. */
  request<C extends Command>(
    command: C,
    context: RequestContext,
    input: InputOf<C>,
  ): Promise<StructuredOutcome<OutputOf<C>>> {
    return this.#requester.request(command, context, input);
  }

  /** The replicas of the owner share its requests. */
  answer<C extends Command>(command: C, handler: CommandHandler<C>): void {
    this.#answerer.answer({ command, handler, isAnonymous: false });
  }

  /** For the one command that is asked before the tenant is known: its context has the tenant ''. */
  answerAnonymous<C extends Command>(command: C, handler: CommandHandler<C>): void {
    this.#answerer.answer({ command, handler, isAnonymous: true });
  }

  /** Resolves when every message is stored; rejects when one is not, and repeating all is harmless. */
  publishEvents(messages: readonly StreamMessage[]): Promise<void> {
    return this.#publisher.publish(messages);
  }

  /** Like publishEvents; a message without id is never taken for a repeat. */
  publishWork(messages: readonly StreamMessage[]): Promise<void> {
    return this.#publisher.publish(messages);
  }

  /** At most once, to whoever listens now; while NATS is away to nobody. */
  publishCore(subject: string, payload: string): void {
    if (this.#link.isUp) this.#connection.publish(subject, payload);
  }

  /** Whether anybody listens to a core subject, for which an empty object is sent to it; undefined where that is not known. */
  hasListener(subject: string): Promise<boolean | undefined> {
    return hasListener({ connection: this.#connection, inbox: this.#inbox, link: this.#link }, subject);
  }

  /** Answers the function that ends the subscription. It outlives reconnects; what is sent meanwhile is missed. */
  subscribeCore(subject: string, onMessage: (message: CoreMessage) => void): () => void {
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        if (error !== null) return this.#logger.error({ err: error, subject }, 'a subscription failed');
        // What is thrown here would stop the client from reading the connection.
        try {
          onMessage(toCoreMessage(message));
        } catch (cause) {
          this.#logger.error({ err: cause, subject: message.subject }, 'a subscriber failed by a bug');
        }
      },
    });
    return () => subscription.unsubscribe();
  }

  /** Messages to be held as long as their work lasts, pulled when there is room. */
  pullTickets(definition: ConsumerDefinition): PullSource {
    const parts = { connection: this.#connection, inboxPrefix: this.#inboxPrefix, link: this.#link };
    return new PullSource(parts, definition);
  }

  /** Reads a durable consumer until drained. */
  consume<S extends z.ZodType>(
    definition: ConsumerDefinition,
    options: ConsumeOptions<S>,
  ): DurableConsumer<S> {
    const source = this.pullTickets(definition);
    const parts = { source, publisher: this.#publisher, definition, logger: this.#logger };
    const consumer = new DurableConsumer(parts, options);
    this.#consumers.push(consumer);
    return consumer;
  }

  /** Looks at what a stream keeps, without consumer. */
  streamKeeper(stream: StreamDefinition): StreamKeeper {
    return new StreamKeeper(this.#connection, this.#link, stream);
  }

  /** Called after each reconnect: core messages sent in between were missed. */
  onReconnect(callback: () => void): void {
    this.#link.onBack(callback);
  }

  /** Rejects while disconnected. */
  async roundTripMs(): Promise<number> {
    if (!this.#link.isUp) throw new Error('not connected to NATS');
    return this.#connection.rtt();
  }

  /** Takes no more requests and resolves when those under way are answered; everything else goes on. */
  stopAnswering(): Promise<void> {
    return this.#answerer.drain();
  }

  /** Takes nothing new, lets what is under way be answered, then closes. */
  drain(): Promise<void> {
    this.#drained ??= this.#drain();
    return this.#drained;
  }

  async #drain(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.drain()));
    await this.#answerer.drain();
    if (this.#link.isUp) await this.#flush();
    await this.#connection.close();
  }

  /** What was answered last is on its way when this resolves. */
  async #flush(): Promise<void> {
    try {
      await this.#connection.flush();
    } catch (error) {
      this.#logger.warn({ err: error }, 'NATS was lost during the drain');
    }
  }
}

function toCoreMessage(message: Msg): CoreMessage {
  const sequence = Number(message.headers?.get('Nats-Sequence') ?? '');
  return { subject: message.subject, payload: message.string(), ...(sequence > 0 ? { sequence } : {}) };
}
