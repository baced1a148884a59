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

export type CommandHandler<C extends Command> = (
  context: RequestContext,
  input: InputOf<C>,
) => Promise<StructuredOutcome<OutputOf<C>>>;

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

  /** `isAnonymous`: the command is asked before the tenant is known. */
  answer<C extends Command>(command: C, handler: CommandHandler<C>, isAnonymous = false): void {
    const subscription = this.#connection.subscribe(command.subject, {
      queue: command.owner,
      callback: (error, message) => {
        if (error !== null)
          return this.#logger.error({ err: error, subject: command.subject }, 'a subscription failed');
        const work = this.#serve(command, handler, { message, isAnonymous });
        this.#underWay.add(work);
        void work.finally(() => this.#underWay.delete(work));
      },
    });
    this.#subscriptions.push(subscription);
  }

  /** Takes no more requests and resolves when those under way are answered. */
  async drain(): Promise<void> {
    await Promise.all(this.#subscriptions.map((subscription) => subscription.drain()));
    await Promise.all(this.#underWay);
    this.#leaving.abort();
  }

  async #serve<C extends Command>(
    command: C,
    handler: CommandHandler<C>,
    { message, isAnonymous }: { message: Msg; isAnonymous: boolean },
  ): Promise<void> {
    const working = setInterval(() => message.respond('', { headers: WORKING }), WORKING_INTERVAL_MS);
    try {
      const options = { isAnonymous, timeoutMs: command.timeoutMs, signal: this.#leaving.signal };
      const context = readContext(message.headers, options);
      const outcome = context.ok ? await this.#handle(command, handler, context.value, message) : context;
      this.#respond(command, message, outcome);
    } finally {
      clearInterval(working);
    }
  }

  async #handle<C extends Command>(
    command: C,
    handler: CommandHandler<C>,
    context: RequestContext,
    message: Msg,
  ): Promise<StructuredOutcome<OutputOf<C>>> {
    try {
      const input = command.input.safeParse(parseBody(message));
      if (!input.success) return fail(invalidRequest(issuesOf(input.error)));
      return await handler(context, input.data as InputOf<C>);
    } catch (error) {
      loggerFor(this.#logger, context).error(
        { err: error, subject: command.subject },
        'a command failed by a bug',
      );
      return fail(errorOf('internal', 'something went wrong here; the log has it under the request id'));
    }
  }

  #respond(command: Command, message: Msg, outcome: StructuredOutcome<unknown>): void {
    const reply = JSON.stringify(outcome);
    if (Buffer.byteLength(reply) <= PAYLOAD_BYTES_MAX) {
      message.respond(reply);
      return;
    }
    const error = errorOf(
      'payload_limit',
      `the answer to ${command.subject} is over ${PAYLOAD_BYTES_MAX} bytes; ask for less`,
    );
    message.respond(JSON.stringify(fail(error)));
  }
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
