import {
  HEADERS,
  PAYLOAD_BYTES_MAX,
  WORKING_INTERVAL_MS,
  errorOf,
  fail,
  invalidRequest,
  issuesOf,
  type Command,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
} from '@aos/contracts';
import { loggerFor, type Logger } from '@aos/telemetry';
import { headers, type Msg, type NatsConnection, type Subscription } from '@nats-io/nats-core';
import { readContext } from './envelope.ts';
import { answerSpan, settleSpan } from './message-span.ts';
import { respond } from './respond.ts';

export type CommandHandler<C extends Command> = (
  context: RequestContext,
  input: InputOf<C>,
) => Promise<StructuredOutcome<OutputOf<C>>>;

/** What answers a command; `isAnonymous`: it is asked before the tenant is known. */
interface Answering<C extends Command> {
  command: C;
  handler: CommandHandler<C>;
  isAnonymous: boolean;
}

const WORKING = headers();
WORKING.set(HEADERS.status, 'working');

/** Answers commands. The replicas of a service share its requests. */
export class Answerer {
  readonly #connection: NatsConnection;
  readonly #logger: Logger;
  readonly #subscriptions: Subscription[] = [];
  readonly #underWay = new Set<Promise<void>>();
  readonly #leaving = new AbortController();

  constructor(connection: NatsConnection, logger: Logger) {
    this.#connection = connection;
    this.#logger = logger;
  }

  answer<C extends Command>(answering: Answering<C>): void {
    const { subject, owner } = answering.command;
    const subscription = this.#connection.subscribe(subject, {
      queue: owner,
      callback: (error, message) => {
        if (error !== null) return this.#logger.error({ err: error, subject }, 'a subscription failed');
        const work = this.#serve(answering, message);
        this.#underWay.add(work);
        void work.finally(() => this.#underWay.delete(work));
      },
    });
    this.#subscriptions.push(subscription);
  }

  /** Takes no more requests and resolves when those under way are answered. */
  async drain(): Promise<void> {
    // A closed connection has closed them; without a server their drain ends with the next try to connect.
    const open = this.#subscriptions.splice(0).filter((subscription) => !subscription.isClosed());
    await Promise.all(open.map((subscription) => subscription.drain()));
    await Promise.all(this.#underWay);
    this.#leaving.abort();
  }

  async #serve<C extends Command>(answering: Answering<C>, message: Msg): Promise<void> {
    const working = setInterval(() => respond(message, '', { headers: WORKING }), WORKING_INTERVAL_MS);
    const span = answerSpan(answering.command, message.headers);
    try {
      const outcome = await this.#outcome(answering, message, span.traceparent);
      settleSpan(span, outcome);
      respond(message, withinLimit(answering.command.subject, outcome));
    } catch (error) {
      this.#logger.error({ err: error, subject: message.subject }, 'a request could not be answered');
    } finally {
      clearInterval(working);
      span.end();
    }
  }

  /** A bug is told to the log in full and to the caller not at all. */
  async #outcome<C extends Command>(
    answering: Answering<C>,
    message: Msg,
    traceparent: string,
  ): Promise<StructuredOutcome<OutputOf<C>>> {
    const { subject, timeoutMs } = answering.command;
    const { isAnonymous } = answering;
    const { signal } = this.#leaving;
    const context = readContext(message.headers, { isAnonymous, timeoutMs, signal, traceparent });
    if (!context.ok) return context;
    try {
      return await handle(answering, context.value, message);
    } catch (error) {
      loggerFor(this.#logger, context.value).error({ err: error, subject }, 'a command failed by a bug');
      return fail(errorOf('internal', 'something went wrong here; the log has it under the request id'));
    }
  }
}

async function handle<C extends Command>(
  { command, handler }: Answering<C>,
  context: RequestContext,
  message: Msg,
): Promise<StructuredOutcome<OutputOf<C>>> {
  const input = command.input.safeParse(parseBody(message));
  if (!input.success) return fail(invalidRequest(issuesOf(input.error)));
  return handler(context, input.data as InputOf<C>);
}

/** An empty body is an empty input; what is no JSON is judged by the schema as undefined. */
function parseBody(message: Msg): unknown {
  if (message.data.length === 0) return {};
  try {
    return message.json();
  } catch {
    return undefined;
  }
}

function withinLimit(subject: string, outcome: StructuredOutcome<unknown>): string {
  const reply = JSON.stringify(outcome);
  if (Buffer.byteLength(reply) <= PAYLOAD_BYTES_MAX) return reply;
  const text = `the answer to ${subject} is over ${PAYLOAD_BYTES_MAX} bytes; ask for less`;
  return JSON.stringify(fail(errorOf('payload_limit', text)));
}
