import type { InputOf, LlmCompletion, StructuredOutcome, llmComplete } from '@aos/contracts';

/** One call of a model on behalf of a run. */
export interface ModelCall {
  tenantId: string;
  /** A repeat with the same key and request gets the kept answer and pays nothing. */
  idempotencyKey: string;
  timeoutMs: number;
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal;
  traceparent: string;
  request: InputOf<typeof llmComplete>;
}

/** The one door to models. Never rejects: what goes wrong is an outcome. */
export interface ModelCalls {
  complete(call: ModelCall): Promise<StructuredOutcome<LlmCompletion>>;
}

/** What an answer was paid for. */
export function spendOf({ cost_microcents, input_tokens, output_tokens }: LlmCompletion) {
  return { costMicrocents: cost_microcents, inputTokens: input_tokens, outputTokens: output_tokens };
}
