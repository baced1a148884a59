import { errorOf, fail, type StructuredOutcome } from '@aos/contracts';
import { Interruption } from './interruption.ts';
import type { Clock } from './ports.ts';

interface CallLimits<T> {
  clock: Clock;
  timeoutMs: number;
  /** Raised when the run is cut. */
  cut: Interruption;
  /** The outcome of a call that takes too long. */
  late: () => StructuredOutcome<T>;
}

/**
 * The outcome of a call, or that it was cut or took too long: whichever is first. The call hears of its end, whatever it
 * was; one that does not heed that is left behind.
 */
export function limitedCall<T>(
  { clock, timeoutMs, cut, late }: CallLimits<T>,
  call: (over: Interruption) => Promise<StructuredOutcome<T>>,
): Promise<StructuredOutcome<T>> {
  const over = new Interruption();
  const { promise, resolve, reject } = Promise.withResolvers<StructuredOutcome<T>>();
  const forget = cut.onRaised(() => {
    over.raise();
    resolve(fail(errorOf('run_cancelled', 'the call was cut')));
  });
  const disarm = clock.after(timeoutMs, () => {
    over.raise();
    resolve(late());
  });
  over.onRaised(() => {
    forget();
    disarm();
  });
  call(over)
    .finally(() => over.raise())
    .then(resolve, reject);
  return promise;
}
