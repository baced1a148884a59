import { errorOf, fail, type Command } from '@aos/contracts';
import { isDatabaseUnavailable } from '@aos/database';
import type { CommandHandler, Messaging } from '@aos/messaging';

/** Answers a command by a use case; a database that is away is a failure to be repeated, not a bug. */
export function answer<C extends Command>(
  messaging: Messaging,
  command: C,
  useCase: CommandHandler<C>,
): void {
  messaging.answer(command, async (context, input) => {
    try {
      return await useCase(context, input);
    } catch (error) {
      if (!isDatabaseUnavailable(error)) throw error;
      return fail(errorOf('unavailable', 'the database is not available', { retryAfterMs: 1_000 }));
    }
  });
}
