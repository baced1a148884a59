import { errorOf, fail, type ErrorSpec, type StructuredOutcome } from '@aos/contracts';
import type { ProviderCall } from '../../application/ports.ts';
import { failureOfSdk } from './sdk-failure.ts';

interface SdkCall<T> {
  timeoutMs: ProviderCall['timeoutMs'];
  signal: AbortSignal;
  /** Where the provider's key is configured, for whoever has to mend it. */
  keyName: string;
  call: (options: { timeout: number; signal: AbortSignal }) => Promise<StructuredOutcome<T>>;
}

/**
 * A call of an SDK as an outcome, in time. Nothing is retried here: whoever asks knows its own budget, deadline and policy
 * of retries. The SDKs' own timeout ends with the headers of the answer, the signal with its body.
 */
export async function callSdk<T>({
  timeoutMs,
  signal,
  keyName,
  call,
}: SdkCall<T>): Promise<StructuredOutcome<T>> {
  const timeout = AbortSignal.timeout(timeoutMs);
  try {
    return await call({ timeout: timeoutMs, signal: AbortSignal.any([signal, timeout]) });
  } catch (error) {
    if (timeout.aborted) return fail(tooLate(timeoutMs));
    if (signal.aborted) return fail(GIVEN_UP);
    return fail(failureOfSdk(error, keyName));
  }
}

/** Nobody waits for the answer any more. */
export const GIVEN_UP: ErrorSpec = errorOf('deadline_exceeded', 'the call was given up');

export function tooLate(timeoutMs: number): ErrorSpec {
  return errorOf('deadline_exceeded', `the provider did not answer within ${timeoutMs} ms`);
}
