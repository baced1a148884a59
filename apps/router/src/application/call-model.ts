import {
  centsOf,
  errorOf,
  fail,
  succeed,
  type LlmCompletion,
  type LlmRequest,
  type RequestContext,
  type StructuredOutcome,
} from '@aos/contracts';
import { v7 as newId } from 'uuid';
import { estimateMicrocents } from '../domain/estimate.ts';
import type { Model } from '../domain/model.ts';
import { costOf, inputTokensOf } from '../domain/pricing.ts';
import type { Spend } from '../domain/spend.ts';
import type { Claim, Clock, LlmObserver, Provider, ProviderAnswer } from './ports.ts';
import type { SpendRecorder } from './spend-recorder.ts';

export interface CallModelParts {
  provider: Provider;
  recorder: SpendRecorder;
  clock: Clock;
  observer: LlmObserver;
  /** How long a provider may take. */
  timeoutMs: number;
}

interface ModelCall {
  model: Model;
  request: LlmRequest;
  claim?: Claim;
}

/** Calls a model if its estimate is within the cap, and answers when what it cost is recorded. */
export function callModel({ provider, recorder, clock, observer, timeoutMs }: CallModelParts) {
  return async (context: RequestContext, call: ModelCall): Promise<StructuredOutcome<LlmCompletion>> => {
    const { model, request, claim } = call;
    const refused = overBudget(model, request);
    if (refused !== undefined) return fail(refused);
    const startedMs = clock.now();
    const answered = await provider.complete(
      { model, request },
      {
        timeoutMs: Math.max(1, Math.min(timeoutMs, context.deadlineMs - startedMs)),
        signal: context.signal,
        traceparent: context.traceparent,
      },
    );
    const { tenantId } = context;
    if (!answered.ok) {
      observer.failed({ model, tenantId, agentId: request.agent_id }, answered.error.code);
      return answered;
    }
    const spend = spendOf(context, call, { answer: answered.value, latencyMs: clock.now() - startedMs });
    observer.answered(spend);
    const completion = completionOf(spend, answered.value);
    if (await recorder.record({ spend, completion, claim })) return succeed(completion);
    return fail(errorOf('unavailable', 'the model answered, but its answer could not be stored'));
  };
}

function overBudget(model: Model, request: LlmRequest) {
  const cap = request.max_cost_microcents;
  if (cap === undefined) return undefined;
  const estimate = estimateMicrocents(model, request);
  if (estimate <= cap) return undefined;
  return errorOf(
    'budget_exceeded',
    `the call may cost ${centsOf(estimate)} cents and the cap is ${centsOf(cap)}; nothing was called`,
    { details: { estimate_microcents: estimate, max_cost_microcents: cap } },
  );
}

function spendOf(
  { tenantId, traceparent }: RequestContext,
  { model, request }: ModelCall,
  { answer, latencyMs }: { answer: ProviderAnswer; latencyMs: number },
): Spend {
  const { usage, responseModel } = answer;
  return {
    id: newId(),
    requestId: newId(),
    tenantId,
    runId: request.run_id ?? null,
    agentId: request.agent_id ?? null,
    purpose: request.purpose,
    provider: model.provider,
    model: model.name,
    responseModel,
    inputTokens: inputTokensOf(usage),
    cacheReadTokens: usage.cacheReadTokens,
    cacheWriteTokens: usage.cacheWriteTokens,
    outputTokens: usage.outputTokens,
    costMicrocents: costOf(model, usage),
    latencyMs,
    traceparent,
  };
}

function completionOf(spend: Spend, { content, parsed, stopReason }: ProviderAnswer): LlmCompletion {
  return {
    request_id: spend.requestId,
    provider: spend.provider,
    model: spend.model,
    response_model: spend.responseModel,
    content,
    parsed,
    stop_reason: stopReason,
    input_tokens: spend.inputTokens,
    cache_read_tokens: spend.cacheReadTokens,
    cache_write_tokens: spend.cacheWriteTokens,
    output_tokens: spend.outputTokens,
    cost_microcents: spend.costMicrocents,
    cost_cents: centsOf(spend.costMicrocents),
    latency_ms: spend.latencyMs,
    replayed: false,
  };
}
