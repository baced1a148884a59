import { errorOf } from '@aos/contracts';
import { answersWith } from '@aos/service-kit/answer';
import { ArchiveUnavailableError } from '../application/archive/archive-store.ts';

/** An archive that is away or damaged is a failure to be repeated, as is a database that is away. */
export const { answer, answerAnonymous } = answersWith((error) =>
  error instanceof ArchiveUnavailableError
    ? errorOf('unavailable', `the journal of this run is archived: ${error.message}`, { retryAfterMs: 5_000 })
    : undefined,
);
