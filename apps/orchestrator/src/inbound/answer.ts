import { errorOf, fail, type Command } from '@aos/contracts';
import { isDatabaseUnavailable } from '@aos/database';
import type { CommandHandler, Messaging } from '@aos/messaging';
import { ArchiveUnavailableError } from '../application/archive/archive-store.ts';

/** Answers a command by a use case. */
export function answer<C extends Command>(
  messaging: Messaging,
  command: C,
  useCase: CommandHandler<C>,
): void {
  messaging.answer(command, whileStoresAreThere(useCase));
}

/** The same for a command about all tenants. */
export function answerAnonymous<C extends Command>(
  messaging: Messaging,
  command: C,
  useCase: CommandHandler<C>,
): void {
  messaging.answerAnonymous(command, whileStoresAreThere(useCase));
}

/** A database or an archive that is away is a failure to be repeated, not a bug. */
function whileStoresAreThere<C extends Command>(useCase: CommandHandler<C>): CommandHandler<C> {
  return async (context, input) => {
    try {
      return await useCase(context, input);
    } catch (error) {
      if (error instanceof ArchiveUnavailableError) {
        const message = `the journal of this run is archived: ${error.message}`;
        return fail(errorOf('unavailable', message, { retryAfterMs: 5_000 }));
      }
      if (!isDatabaseUnavailable(error)) throw error;
      return fail(errorOf('unavailable', 'the database is not available', { retryAfterMs: 1_000 }));
    }
  };
}
