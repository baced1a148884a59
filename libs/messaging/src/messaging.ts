import type {
  Command,
  ConsumerDefinition,
  InputOf,
  OutputOf,
  RequestContext,
  StructuredOutcome,
} from '@aos/contracts';
import type { Logger } from '@aos/telemetry';
import type { NatsConnection } from '@nats-io/nats-core';
import { Answerer, type CommandHandler } from './answerer.ts';
import { DurableConsumer, type Handled } from './durable-consumer.ts';
import { Inbox } from './inbox.ts';
import { StreamPublisher, type StreamMessage } from './publisher.ts';
import { PullSource, type Delivery } from './pull.ts';
import { Requester } from './requester.ts';

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
  readonly #inbox: Inbox;
  readonly #requester: Requester;
  readonly #answerer: Answerer;
  readonly #publisher: StreamPublisher;
  readonly #consumers: DurableConsumer[] = [];
  readonly #onReconnect: (() => void)[] = [];
  #isConnected = true;

  constructor(connection: NatsConnection, inbox: string, logger: Logger) {
    this.#connection = connection;
    this.#logger = logger;
    this.#inbox = new Inbox(connection, inbox);
    this.#requester = new Requester(connection, this.#inbox, logger);
    this.#answerer = new Answerer(connection, logger);
    this.#publisher = new StreamPublisher(connection);
    void this.#watch();
  }

  /** Never rejects: what goes wrong is an outcome. While NATS is away the answer is `unavailable`, at once. */
  async request<C extends Command>(
    command: C,
    context: RequestContext,
    input: InputOf<C>,
  ): Promise<StructuredOutcome<OutputOf<C>>> {
    return this.#requester.request(command, context, input);
  }

  /** The replicas of the owner share its requests. */
  answer<C extends Command>(command: C, handler: CommandHandler<C>): void {
    this.#answerer.answer(command, handler);
  }

  /** For the one command that is asked before the tenant is known: its context has the tenant ''. */
  answerAnonymous<C extends Command>(command: C, handler: CommandHandler<C>): void {
    this.#answerer.answer(command, handler, true);
  }

  /** Resolves when every message is stored; rejects when one is not, and repeating all is harmless. */
  publishEvents(messages: readonly StreamMessage[]): Promise<void> {
    return this.#publisher.publish(messages);
  }

  /** Like publishEvents; a message without id is never taken for a repeat. */
  publishWork(messages: readonly StreamMessage[]): Promise<void> {
    return this.#publisher.publish(messages);
  }

  /** At most once, to whoever listens now. */
  publishCore(subject: string, payload: string): void {
    this.#connection.publish(subject, payload);
  }

  /** Answers the function that ends the subscription. It outlives reconnects; what is sent meanwhile is missed. */
  subscribeCore(subject: string, onMessage: (message: CoreMessage) => void): () => void {
    const subscription = this.#connection.subscribe(subject, {
      callback: (error, message) => {
        if (error !== null) return this.#logger.error({ err: error, subject }, 'a subscription failed');
        const sequence = Number(message.headers?.get('Nats-Sequence') ?? '');
        onMessage({
          subject: message.subject,
          payload: message.string(),
          ...(sequence > 0 ? { sequence } : {}),
        });
      },
    });
    return () => subscription.unsubscribe();
  }

  pullTickets(consumer: ConsumerDefinition): PullSource {
    return new PullSource(this.#connection, this.#inbox, consumer);
  }

  /** Reads a durable consumer until drained. */
  consume(
    definition: ConsumerDefinition,
    options: { handle: (delivery: Delivery) => Promise<Handled>; concurrency: number },
  ): DurableConsumer {
    const source = new PullSource(this.#connection, this.#inbox, definition);
    const parts = { source, publisher: this.#publisher, definition, logger: this.#logger };
    const consumer = new DurableConsumer(parts, options);
    this.#consumers.push(consumer);
    return consumer;
  }

  /** Called after each reconnect: core messages sent in between were missed. */
  onReconnect(callback: () => void): void {
    this.#onReconnect.push(callback);
  }

  /** Rejects while disconnected. */
  async roundTripMs(): Promise<number> {
    if (!this.#isConnected) throw new Error('not connected to NATS');
    return this.#connection.rtt();
  }

  /** Takes nothing new, lets what is under way be answered, then closes. */
  async drain(): Promise<void> {
    await Promise.all(this.#consumers.map((consumer) => consumer.drain()));
    await this.#answerer.drain();
    if (this.#isConnected) await this.#connection.flush();
    await this.#connection.close();
  }

  async #watch(): Promise<void> {
    for await (const status of this.#connection.status()) {
      if (status.type === 'disconnect') {
        this.#isConnected = false;
        this.#requester.disconnected();
        this.#logger.warn('the connection to NATS was lost');
      } else if (status.type === 'reconnect') {
        this.#isConnected = true;
        this.#requester.reconnected();
        this.#logger.info('connected to NATS again');
        for (const callback of this.#onReconnect) callback();
      } else if (status.type === 'error') {
        this.#logger.error({ err: status.error }, 'NATS refused something');
      }
    }
  }
}
