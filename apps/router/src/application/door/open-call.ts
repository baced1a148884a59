import type { ErrorSpec, StructuredOutcome } from '@aos/contracts';
import { v7 as newId } from 'uuid';
import type { Model } from '../../domain/model.ts';
import { costOf, inputTokensOf } from '../../domain/pricing.ts';
import type { Spend } from '../../domain/spend.ts';
import type { Clock, LlmObserver } from '../ports.ts';
import type { Attempt, ChosenCall, Ending, OpenedCall } from './door-call.ts';
import type { Limits, Reservation } from './limits.ts';

/** A try of a model in the trace of whoever asks. */
export interface CallSpan {
  answered(ending: Ending): void;
  failed(error: ErrorSpec): void;
}

export interface OpenCallParts {
  limits: Limits;
  clock: Clock;
  observer: LlmObserver;
  openSpan: (call: ChosenCall) => CallSpan;
  /** How long a provider may take. */
  timeoutMs: number;
}

export type OpenCall = <Answer>(
  call: ChosenCall,
  attempt: Attempt<Answer>,
) => Promise<StructuredOutcome<OpenedCall<Answer>>>;

/**
 * The way of every call of a model, from its limits to its settlement: limits and reservation → the try of a model → what
 * it took, as metrics, span and spend. A call that fails before its answer begins costs nothing.
 */
export function openCall(parts: OpenCallParts): OpenCall {
  const { limits, clock, observer, timeoutMs, openSpan } = parts;
  return async (call, attempt) => {
    const reserved = await limits.reserve(call);
    if (!reserved.ok) return reserved;
    const { model, context } = call;
    const startedMs = clock.now();
    const span = openSpan(call);
    const answered = await attempt(model, {
      timeoutMs: Math.max(1, Math.min(timeoutMs, context.deadlineMs - startedMs)),
      signal: context.signal,
    });
    if (!answered.ok) {
      reserved.value.release();
      span.failed(answered.error);
      observer.failed({ model, tenantId: context.tenantId, agentId: call.agentId }, answered.error.code);
      return answered;
    }
    const settle = settlement({ call, reservation: reserved.value, span, startedMs }, parts);
    return { ok: true, value: { model, answer: answered.value, settle } };
  };
}

interface Open {
  call: ChosenCall;
  reservation: Reservation;
  span: CallSpan;
  startedMs: number;
}

function settlement({ call, reservation, span, startedMs }: Open, { clock, observer }: OpenCallParts) {
  return (ending: Ending): Spend => {
    const spend = spendOf(call, call.model, { ending, latencyMs: clock.now() - startedMs });
    reservation.settle(spend.costMicrocents);
    span.answered(ending);
    observer.answered(spend);
    return spend;
  };
}

function spendOf(
  { context, purpose, keyId, runId, agentId }: ChosenCall,
  model: Model,
  { ending, latencyMs }: { ending: Ending; latencyMs: number },
): Spend {
  const { usage, responseModel, status, isEstimated = false } = ending;
  return {
    id: newId(),
    requestId: newId(),
    tenantId: context.tenantId,
    keyId: keyId ?? null,
    runId: runId ?? null,
    agentId: agentId ?? null,
    purpose,
    provider: model.provider,
    model: model.name,
    responseModel,
    inputTokens: inputTokensOf(usage),
    cacheReadTokens: usage.cacheReadTokens,
    cacheWriteTokens: usage.cacheWriteTokens,
    outputTokens: usage.outputTokens,
    reasoningTokens: usage.reasoningTokens ?? 0,
    costMicrocents: costOf(model, usage),
    latencyMs,
    status,
    isEstimated,
    traceparent: context.traceparent,
  };
}
