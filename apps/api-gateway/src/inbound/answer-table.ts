import {
  fail,
  invalidRequest,
  issuesOf,
  succeed,
  type HttpRoute,
  type RequestContext,
  type StructuredOutcome,
} from '@aos/contracts';
import type { Messaging } from '@aos/messaging';
import { z } from 'zod';

type Run = (context: RequestContext) => Promise<StructuredOutcome<unknown>>;

/** What answers a route: checks the merged input, and yields what runs it. */
export interface Answer {
  check(input: unknown): StructuredOutcome<Run>;
  /** How long the answer may take. */
  timeoutMs: number;
}

/** Answers of the gateway's own routes, by `METHOD /path`. */
export type OwnAnswers = Readonly<Record<string, Answer>>;

const OWN_TIMEOUT_MS = 10_000;

/** `run` answers, with an input that fits `schema`. */
export function answerWith<S extends z.ZodType>(
  schema: S,
  run: (context: RequestContext, input: z.output<S>) => Promise<StructuredOutcome<unknown>>,
  timeoutMs = OWN_TIMEOUT_MS,
): Answer {
  const compiled = z.compile(schema);
  return {
    timeoutMs,
    check: (input) => {
      const parsed = compiled.safeParse(input);
      if (!parsed.success) return fail(invalidRequest(issuesOf(parsed.error)));
      return succeed((context) => run(context, parsed.data));
    },
  };
}

/** The answer of a route: its command's owner, or the gateway itself. A route without either is a mistake in the code. */
export function answerOf(route: HttpRoute, messaging: Messaging, own: OwnAnswers): Answer {
  const { command } = route;
  if (command !== undefined) {
    const send = (context: RequestContext, input: unknown) => messaging.request(command, context, input);
    return answerWith(command.input, send, command.timeoutMs);
  }
  const answer = own[`${route.method} ${route.path}`];
  if (answer === undefined) throw new Error(`nothing answers ${route.method} ${route.path}`);
  return answer;
}
