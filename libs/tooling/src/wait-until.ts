import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_AGAIN_MS = 25;

interface WaitOptions {
  /** Default 15 s. */
  timeoutMs?: number;
  /** Names the condition in the error. */
  what: string;
}

/** Asks until the condition gives something (neither undefined nor false) and returns that; throws when the time is up. */
export async function waitUntil<T>(
  condition: () => Promise<T | undefined | false> | T | undefined | false,
  { timeoutMs = 15_000, what }: WaitOptions,
): Promise<T> {
  const giveUpAtMs = performance.now() + timeoutMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > giveUpAtMs) throw new Error(`waited ${timeoutMs} ms in vain: ${what}`);
    await sleep(LOOK_AGAIN_MS);
  }
}
