import {
  HEADERS,
  PAYLOAD_BYTES_MAX,
  errorOf,
  fail,
  type Command,
  type ErrorSpec,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
} from '@aos/contracts';
import type { Logger } from '@aos/telemetry';
import type { Msg, NatsConnection, PublishOptions } from '@nats-io/nats-core';
import { toHeaders } from './envelope.ts';
import type { Inbox } from './inbox.ts';
import type { Link } from './link.ts';
import { requestSpan, settleSpan } from './message-span.ts';
import { readReply } from './reply.ts';

/** Status of the server's own answer when nobody listens (NATS ADR-22). */
const NO_RESPONDERS = 503;

const GONE = errorOf('deadline_exceeded', 'the caller has gone');

/** Sends commands. Every way a request can fail is an outcome, none is an exception. */
export class Requester {
  readonly #connection: NatsConnection;
  readonly #inbox: Inbox;
  readonly #link: Link;
  readonly #logger: Logger;
  readonly #pending = new Set<() => void>();

  constructor(connection: NatsConnection, inbox: Inbox, link: Link, logger: Logger) {
    this.#connection = connection;
    this.#inbox = inbox;
    this.#link = link;
    this.#logger = logger;
    // Nobody will answer what is pending: the replies go to a connection that is gone.
    link.onLost(() => {
      for (const giveUp of this.#pending) giveUp();
    });
  }

  /** Waits as long as the command allows, and again as long after each sign of work, up to the deadline. */
  async request<C extends Command>(
    command: C,
    context: RequestContext,
    input: InputOf<C>,
  ): Promise<StructuredOutcome<OutputOf<C>>> {
    const payload = JSON.stringify(input);
    const refused = this.#refusal(command, context, payload);
    if (refused !== undefined) return fail(refused);
    const span = requestSpan(command, context.traceparent);
    const outcome = await this.#ask(command, { ...context, traceparent: span.traceparent }, payload);
    settleSpan(span, outcome);
    span.end();
    return outcome;
  }

  /** Why it is not even sent. */
  #refusal({ subject, owner }: Command, context: RequestContext, payload: string): ErrorSpec | undefined {
    if (context.signal.aborted) return GONE;
    if (context.deadlineMs <= Date.now())
      return errorOf('deadline_exceeded', `the deadline had passed before ${subject} was asked`);
    if (Buffer.byteLength(payload) > PAYLOAD_BYTES_MAX)
      return errorOf('payload_limit', `a request is limited to ${PAYLOAD_BYTES_MAX} bytes`);
    return this.#link.isUp ? undefined : unavailable(owner);
  }

  #ask<C extends Command>(
    command: C,
    context: RequestContext,
    payload: string,
  ): Promise<StructuredOutcome<OutputOf<C>>> {
    const { subject, owner, timeoutMs } = command;
    return new Promise((resolve) => {
      const question = this.#inbox.open(owner, (message) => {
        if (message.headers?.get(HEADERS.status) === 'working') startTimer();
        else finish(this.#outcome(command, message));
      });
      let timer: NodeJS.Timeout | undefined;
      const finish = (outcome: StructuredOutcome<OutputOf<C>>): void => {
        clearTimeout(timer);
        question.close();
        this.#pending.delete(giveUp);
        context.signal.removeEventListener('abort', onAbort);
        resolve(outcome);
      };
      const giveUp = (): void => finish(fail(unavailable(owner)));
      const onAbort = (): void => finish(fail(GONE));
      const onTimeout = (): void =>
        finish(fail(errorOf('deadline_exceeded', `no answer to ${subject} in time`)));
      const startTimer = (): void => {
        clearTimeout(timer);
        timer = setTimeout(onTimeout, Math.min(timeoutMs, context.deadlineMs - Date.now()));
      };
      this.#pending.add(giveUp);
      context.signal.addEventListener('abort', onAbort, { once: true });
      startTimer();
      if (!this.#send(subject, payload, { reply: question.subject, headers: toHeaders(context) })) giveUp();
    });
  }

  #send(subject: string, payload: string, options: PublishOptions): boolean {
    try {
      this.#connection.publish(subject, payload, options);
      return true;
    } catch (error) {
      this.#logger.warn({ err: error, subject }, 'a request could not be sent');
      return false;
    }
  }

  #outcome<C extends Command>(command: C, message: Msg): StructuredOutcome<OutputOf<C>> {
    if (message.headers?.code === NO_RESPONDERS) return fail(unavailable(command.owner));
    try {
      const reply = readReply(message.json());
      return reply.ok ? { ok: true, value: command.output.parse(reply.value) as OutputOf<C> } : reply;
    } catch (error) {
      this.#logger.error({ err: error, subject: command.subject }, 'a reply does not keep its contract');
      return fail(errorOf('internal', `the answer to ${command.subject} could not be read`));
    }
  }
}

function unavailable(owner: string): ErrorSpec {
  return errorOf('unavailable', `${owner} is not available`, { retryAfterMs: 1_000 });
}
