import {
  errorOf,
  fail,
  issuesOf,
  type ConsumerDefinition,
  type ErrorSpec,
  type StructuredOutcome,
} from '@aos/contracts';
import type { Logger } from '@aos/telemetry';
import type { z } from 'zod';
import { deadLetter } from './dead-letter.ts';
import type { Delivery } from './delivery.ts';
import { consumeSpan, settleSpan } from './message-span.ts';
import { pause } from './pause.ts';
import type { StreamPublisher } from './publisher.ts';
import type { PullSource } from './pull.ts';

/** What is known of a message beside its content. */
export interface DeliveryContext {
  subject: string;
  /** Nats-Msg-Id; empty for a message without one. */
  id: string;
  /** Of the span in which the message is handled. */
  traceparent: string;
  /** In its stream. */
  sequence: number;
  /** From 1. */
  deliveries: number;
}

export interface ConsumeOptions<S extends z.ZodType> {
  /** What the payload must be; one that does not fit goes to the dead letters. */
  schema: S;
  /** At least once per message. A retryable failure has it delivered again, another sends it to the dead letters. */
  handle: (context: DeliveryContext, event: z.output<S>) => Promise<StructuredOutcome<unknown>>;
  /** Messages handled at once. */
  concurrency: number;
  /** How long the first message waits for others to be handled together with it. Default 0: not at all. */
  lingerMs?: number;
}

interface ConsumerParts {
  source: PullSource;
  publisher: StreamPublisher;
  definition: ConsumerDefinition;
  logger: Logger;
}

const PULL_WAIT_MS = 5_000;
/** A pull that ends sooner, and empty, ended because the server or the consumer is not there. */
const PULL_MS_MIN = 100;
const IDLE_MS = 500;
const RETRY_DELAY_MS_MIN = 200;
const RETRY_DELAY_MS_MAX = 60_000;

/**
 * Reads a durable consumer until drained, through restarts of the server: acks what is done, has failures delivered
 * again with growing delay, moves to the dead letters what never succeeds.
 */
export class DurableConsumer<S extends z.ZodType = z.ZodType> {
  readonly #parts: ConsumerParts;
  readonly #options: ConsumeOptions<S>;
  readonly #stopped = new AbortController();
  readonly #busy = new Set<Promise<void>>();
  readonly #held = new Set<Delivery>();
  readonly #working: NodeJS.Timeout;
  readonly #loop: Promise<void>;

  constructor(parts: ConsumerParts, options: ConsumeOptions<S>) {
    this.#parts = parts;
    this.#options = options;
    this.#working = setInterval(() => this.#keepHeld(), parts.definition.ackWaitMs / 3);
    this.#loop = this.#pull();
  }

  /** Takes nothing new and resolves when what is under way is handled. */
  async drain(): Promise<void> {
    this.#stopped.abort();
    await this.#loop;
    await Promise.all(this.#busy);
    clearInterval(this.#working);
  }

  /** One timer for all: most messages are done long before it matters. */
  #keepHeld(): void {
    for (const delivery of this.#held) delivery.working();
  }

  /** Waits for the first message, then takes along what else is there: under load few pulls bring many messages. */
  async #pull(): Promise<void> {
    const { signal } = this.#stopped;
    const { source } = this.#parts;
    while (!signal.aborted) {
      const free = this.#options.concurrency - this.#busy.size;
      if (free === 0) {
        await Promise.race(this.#busy);
        continue;
      }
      const startedMs = performance.now();
      const [first] = await source.fetch(1, { waitMs: PULL_WAIT_MS, signal });
      if (first !== undefined) await this.#startWithOthers(first, free - 1);
      else if (performance.now() - startedMs < PULL_MS_MIN) await pause(IDLE_MS, signal);
    }
  }

  /** Without lingering the first is handled while the others come. */
  async #startWithOthers(first: Delivery, othersMax: number): Promise<void> {
    const { signal } = this.#stopped;
    const { lingerMs = 0 } = this.#options;
    const isLingering = lingerMs > 0;
    if (isLingering) await pause(lingerMs, signal);
    else this.#start(first);
    const others = othersMax > 0 ? await this.#parts.source.fetch(othersMax, { waitMs: 0, signal }) : [];
    for (const delivery of isLingering ? [first, ...others] : others) this.#start(delivery);
  }

  #start(delivery: Delivery): void {
    const done = this.#take(delivery).finally(() => this.#busy.delete(done));
    this.#busy.add(done);
  }

  async #take(delivery: Delivery): Promise<void> {
    const { maxDeliver } = this.#parts.definition;
    const isSpent = maxDeliver > 0 && delivery.deliveries > maxDeliver;
    // Whoever had it last ended without a word; once more could end this process too.
    if (isSpent) return this.#bury(delivery, `delivered ${maxDeliver} times without an outcome`);
    this.#held.add(delivery);
    const span = consumeSpan(this.#parts.definition, delivery);
    try {
      const outcome = await this.#outcome(delivery, span.traceparent);
      settleSpan(span, outcome);
      await this.#settle(delivery, outcome);
    } finally {
      this.#held.delete(delivery);
      span.end();
    }
  }

  async #outcome(delivery: Delivery, traceparent: string): Promise<StructuredOutcome<unknown>> {
    const { definition, logger } = this.#parts;
    const event = this.#options.schema.safeParse(parseJson(delivery.payload));
    if (!event.success) return fail(misfit(event.error));
    try {
      return await this.#options.handle(contextOf(delivery, traceparent), event.data);
    } catch (error) {
      logger.error(
        { err: error, consumer: definition.name, subject: delivery.subject },
        'a consumer failed by a bug',
      );
      return fail(errorOf('internal', error instanceof Error ? error.message : String(error)));
    }
  }

  async #settle(delivery: Delivery, outcome: StructuredOutcome<unknown>): Promise<void> {
    const { maxDeliver } = this.#parts.definition;
    if (outcome.ok) return delivery.ack();
    const { error } = outcome;
    const isLast = maxDeliver > 0 && delivery.deliveries >= maxDeliver;
    if (isLast || !error.retryable) return this.#bury(delivery, `${error.code}: ${error.message}`);
    delivery.nak(retryDelayMs(error, delivery.deliveries));
  }

  /** First stored among the dead letters, then ended: a crash in between repeats the burial, nothing is lost. */
  async #bury(delivery: Delivery, reason: string): Promise<void> {
    const { publisher, definition, logger } = this.#parts;
    const facts = { consumer: definition.name, subject: delivery.subject, sequence: delivery.sequence };
    try {
      await publisher.publish([deadLetter(definition, delivery, reason)]);
      delivery.term();
      logger.error({ ...facts, reason }, 'a message went to the dead letters');
    } catch (error) {
      logger.error({ ...facts, err: error }, 'the dead letters could not be reached');
      delivery.nak(RETRY_DELAY_MS_MAX);
    }
  }
}

function contextOf(delivery: Delivery, traceparent: string): DeliveryContext {
  const { subject, headers, sequence, deliveries } = delivery;
  return { subject, id: headers?.get('Nats-Msg-Id') ?? '', traceparent, sequence, deliveries };
}

/** What is no JSON is judged by the schema as undefined. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function misfit(error: z.ZodError): ErrorSpec {
  const issues = issuesOf(error).map(({ field, message }) => `${field === '' ? '/' : field}: ${message}`);
  return errorOf('invalid_request', issues.join('; '));
}

function retryDelayMs({ retry_after_ms: asked }: ErrorSpec, deliveries: number): number {
  return Math.min(asked ?? RETRY_DELAY_MS_MIN * 2 ** (deliveries - 1), RETRY_DELAY_MS_MAX);
}
