import { errorOf, fail, type Command } from '@aos/contracts';
import { isDatabaseUnavailable } from '@aos/database';
import type { CommandHandler, Messaging } from '@aos/messaging';

/** Answers a command by a use case. */
export function answer<C extends Command>(
  messaging: Messaging,
  command: C,
  useCase: CommandHandler<C>,
): void {
  messaging.answer(command, whileDatabaseIsThere(useCase));
}

/** The same for a command about all tenants. */
export function answerAnonymous<C extends Command>(
  messaging: Messaging,
  command: C,
  useCase: CommandHandler<C>,
): void {
  messaging.answerAnonymous(command, whileDatabaseIsThere(useCase));
}

/** A database that is away is a failure to be repeated, not a bug. */
function whileDatabaseIsThere<C extends Command>(useCase: CommandHandler<C>): CommandHandler<C> {
  return async (context, input) => {
    try {
      return await useCase(context, input);
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      return fail(errorOf('unavailable', 'the database is not available', { retryAfterMs: 1_000 }));
    }
  };
}
