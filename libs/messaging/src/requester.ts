import {
  HEADERS,
  errorOf,
  fail,
  type Command,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
} from '@aos/contracts';
import type { Logger } from '@aos/telemetry';
import type { Msg, NatsConnection } from '@nats-io/nats-core';
import type { Inbox } from './inbox.ts';
import { toHeaders } from './envelope.ts';
import { replySchema } from './reply.ts';

/** Status of the server's own answer when nobody listens (NATS ADR-22). */
const NO_RESPONDERS = 503;

/** Sends commands. Every way a request can fail is an outcome, none is an exception. */
export class Requester {
  readonly #connection: NatsConnection;
  readonly #inbox: Inbox;
  readonly #logger: Logger;
  readonly #pending = new Set<() => void>();
  #isConnected = true;

  constructor(connection: NatsConnection, inbox: Inbox, logger: Logger) {
    this.#connection = connection;
    this.#inbox = inbox;
    this.#logger = logger;
  }

  /** Nobody will answer what is pending: the replies go to a connection that is gone. */
  disconnected(): void {
    this.#isConnected = false;
    for (const giveUp of this.#pending) giveUp();
  }

  reconnected(): void {
    this.#isConnected = true;
  }

  /** Waits as long as the command allows, and again as long after each sign of work, up to the deadline. */
  request<C extends Command>(
    command: C,
    context: RequestContext,
    input: InputOf<C>,
  ): Promise<StructuredOutcome<OutputOf<C>>> {
    if (!this.#isConnected) return Promise.resolve(unavailable(command));
    return new Promise((resolve) => {
      const question = this.#inbox.open((message) => {
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
      const giveUp = (): void => finish(unavailable(command));
      this.#pending.add(giveUp);
      const onAbort = (): void => finish(fail(errorOf('deadline_exceeded', 'the caller has gone')));
      const startTimer = (): void => {
        clearTimeout(timer);
        const waitMs = Math.min(command.timeoutMs, context.deadlineMs - Date.now());
        timer = setTimeout(
          () => finish(fail(errorOf('deadline_exceeded', `no answer to ${command.subject} in time`))),
          waitMs,
        );
      };
      context.signal.addEventListener('abort', onAbort, { once: true });
      startTimer();
      try {
        const payload = JSON.stringify(input);
        this.#connection.publish(command.subject, payload, {
          reply: question.subject,
          headers: toHeaders(context),
        });
      } catch (error) {
        this.#logger.warn({ err: error, subject: command.subject }, 'a request could not be sent');
        finish(unavailable(command));
      }
    });
  }

  #outcome<C extends Command>(command: C, message: Msg): StructuredOutcome<OutputOf<C>> {
    if (message.headers?.code === NO_RESPONDERS) return unavailable(command);
    try {
      const reply = replySchema.parse(message.json());
      return reply.ok ? { ok: true, value: command.output.parse(reply.value) as OutputOf<C> } : reply;
    } catch (error) {
      this.#logger.error({ err: error, subject: command.subject }, 'a reply does not keep its contract');
      return fail(errorOf('internal', `the answer to ${command.subject} could not be read`));
    }
  }
}

function unavailable(command: Command): { ok: false; error: ReturnType<typeof errorOf> } {
  return fail(errorOf('unavailable', `${command.owner} is not available`, { retryAfterMs: 1_000 }));
}
