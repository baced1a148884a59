import { setTimeout as sleep } from 'node:timers/promises';
import type { StructuredOutcome } from '@aos/contracts';
import type { Logger } from '@aos/telemetry';
import type { Reconciled } from './reconcile-usage.ts';

interface RepetitionParts {
  reconcile: (signal: AbortSignal) => Promise<StructuredOutcome<Reconciled>>;
  everyMs: number;
  /** Knows which source it is. */
  logger: Logger;
}

const RETRY_MS_MIN = 1_000;
const RETRY_MS_MAX = 60_000;

/**
 * Reconciles at once and then again and again, until `signal` is aborted; sooner, with growing pauses, where it could
 * not be done or another process was at it, which may not come to its end.
 */
export async function repeatReconciliation(parts: RepetitionParts, signal: AbortSignal): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    failures = (await hasReconciled(parts, signal)) ? 0 : failures + 1;
    const pauseMs = failures === 0 ? parts.everyMs : retryMs(failures);
    await sleep(pauseMs, undefined, { signal }).catch(() => undefined); // rejects only when aborted
  }
}

async function hasReconciled({ reconcile, logger }: RepetitionParts, signal: AbortSignal): Promise<boolean> {
  try {
    const outcome = await reconcile(signal);
    if (signal.aborted) return false;
    if (outcome.ok) logger.info(outcome.value, 'usage was reconciled');
    else if (outcome.error.code === 'conflict') logger.debug('another process reconciles');
    else logger.warn({ reason: outcome.error.message }, 'usage could not be reconciled; it is tried again');
    return outcome.ok;
  } catch (error) {
    logger.error({ err: error }, 'reconciling usage failed by a bug; it is tried again');
    return false;
  }
}

function retryMs(failures: number): number {
  return Math.min(RETRY_MS_MIN * 2 ** (failures - 1), RETRY_MS_MAX);
}
