import { setTimeout as sleep } from 'node:timers/promises';

/** Resolves after `ms`, sooner when aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
  });
}
