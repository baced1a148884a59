import type { Clock } from '../application/ports.ts';

/** What a timer can hold; longer ones would end at once. */
const TIMER_MS_MAX = 2_147_483_647;

/** The machine's time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const timer = setTimeout(done, Math.min(ms, TIMER_MS_MAX));
      function done(): void {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      }
      signal?.addEventListener('abort', done, { once: true });
    }),
};
