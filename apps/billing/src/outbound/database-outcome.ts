import { errorOf, fail, type StructuredOutcome } from '@aos/contracts';
import { isDatabaseUnavailable } from '@aos/database';

/** What `work` answers; a database that is away is a failure to be repeated, not a bug. */
export async function databaseOutcome<T>(
  work: () => Promise<StructuredOutcome<T>>,
): Promise<StructuredOutcome<T>> {
  try {
    return await work();
  } catch (error) {
    if (!isDatabaseUnavailable(error)) throw error;
    return fail(errorOf('unavailable', 'the database is not available', { retryAfterMs: 1_000 }));
  }
}
