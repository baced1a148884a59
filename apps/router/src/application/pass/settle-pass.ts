import type { Sniffed } from '../../dialects/sniffed.ts';
import type { Usage } from '../../domain/pricing.ts';
import type { SpendStatus } from '../../domain/spend.ts';
import type { OpenedCall } from '../door/door-call.ts';
import type { SpendRecorder } from '../spend-recorder.ts';

/** What texts of JSON take as a rule; an estimate before a call counts more carefully. */
const BYTES_PER_TOKEN = 4;

interface Passed {
  opened: OpenedCall<unknown>;
  sniffed: Sniffed;
  /** Charged where the provider did not tell. */
  likely: Usage;
  status?: SpendStatus;
}

/** Settles a call that passed through; its spend is recorded behind the client's back. */
export function settleWhole(
  { opened, sniffed, likely, status = 'complete' }: Passed,
  recorder: SpendRecorder,
) {
  const { usage, responseModel = opened.model.name, finishReason } = sniffed;
  const isEstimated = usage === undefined;
  const spend = opened.settle({ responseModel, usage: usage ?? likely, finishReason, status, isEstimated });
  void recorder.record({ spend });
}

/** What a call has taken as far as bytes can tell. */
export function likelyUsage(request: Uint8Array, answer: Uint8Array): Usage {
  return usageOf(request.length, Math.ceil(answer.length / BYTES_PER_TOKEN));
}

/** The same by the size of the request and a count of what was written. */
export function usageOf(requestBytes: number, outputTokens: number): Usage {
  const freshInputTokens = Math.ceil(requestBytes / BYTES_PER_TOKEN);
  return { freshInputTokens, cacheReadTokens: 0, cacheWriteTokens: 0, outputTokens };
}
