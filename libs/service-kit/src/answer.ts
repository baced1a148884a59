import { errorOf, fail, type Command, type ErrorSpec } from '@aos/contracts';
import { isDatabaseUnavailable } from '@aos/database';
import type { CommandHandler, Messaging } from '@aos/messaging';

type Answering = <C extends Command>(
  messaging: Pick<Messaging, 'answer' | 'answerAnonymous'>,
  command: C,
  useCase: CommandHandler<C>,
) => void;

/** What something thrown is to the caller; undefined: a bug. */
export type FailureOf = (error: unknown) => ErrorSpec | undefined;

/**
 * How a service answers commands by its use cases: what they throw because a store is away is a failure to be repeated,
 * everything else a bug. The database is known here; `failureOf` knows what else the service keeps things in.
 */
export function answersWith(failureOf: FailureOf = () => undefined): {
  answer: Answering;
  /** For a command about all tenants. */
  answerAnonymous: Answering;
} {
  const guarded =
    <C extends Command>(useCase: CommandHandler<C>): CommandHandler<C> =>
    async (context, input) => {
      try {
        return await useCase(context, input);
      } catch (error) {
        const failure = failureOf(error) ?? databaseFailure(error);
        if (failure === undefined) throw error;
        return fail(failure);
      }
    };
  return {
    answer: (messaging, command, useCase) => messaging.answer(command, guarded(useCase)),
    answerAnonymous: (messaging, command, useCase) => messaging.answerAnonymous(command, guarded(useCase)),
  };
}

/** For services that keep everything in their database. */
export const { answer, answerAnonymous } = answersWith();

function databaseFailure(error: unknown): ErrorSpec | undefined {
  if (!isDatabaseUnavailable(error)) return undefined;
  return errorOf('unavailable', 'the database is not available', { retryAfterMs: 1_000 });
}
