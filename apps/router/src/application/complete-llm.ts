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
import { objectIn } from '../domain/chat/answer-object.ts';
import { textOf, type ChatAnswer, type StopReason } from '../domain/chat/chat-answer.ts';
import { chatOfLlmRequest } from '../domain/chat/chat-of-llm-request.ts';
import { estimateInputTokens } from '../domain/estimate.ts';
import type { Model } from '../domain/model.ts';
import type { Spend } from '../domain/spend.ts';
import type { ChooseModel } from './door/choose-model.ts';
import type { Attempt } from './door/door-call.ts';
import type { OpenCall } from './door/open-call.ts';
import type { KeyedCalls } from './keyed-calls.ts';
import type { Claim, Clock, FindProvider, SpendStore } from './ports.ts';
import { requestHash } from './request-hash.ts';
import type { SpendRecorder } from './spend-recorder.ts';

export interface CompleteLlmParts {
  choose: ChooseModel;
  open: OpenCall;
  findProvider: FindProvider;
  keyedCalls: KeyedCalls;
  recorder: SpendRecorder;
  spends: Pick<SpendStore, 'ping'>;
  clock: Clock;
}

type Reply = StructuredOutcome<LlmCompletion>;

interface Asked {
  model: Model;
  request: LlmRequest;
  claim?: Claim;
}

/** One call of a model for a service; with an idempotency key once per tenant, key and hour. */
export function completeLlm(parts: CompleteLlmParts) {
  const { choose, keyedCalls, spends, clock } = parts;
  const call = callModel(parts);
  const callOnce = async (context: RequestContext, asked: Asked) => {
    const { tenantId, idempotencyKey: key, deadlineMs } = context;
    if (key === undefined) {
      // Nothing is paid for that cannot be recorded; with a key the claim shows that the database is there.
      await spends.ping();
      return call(context, asked);
    }
    const keyed = { tenantId, key, requestHash: requestHash(asked.request) };
    return keyedCalls.once(keyed, deadlineMs, (claim) => call(context, { ...asked, claim }));
  };
  return async (context: RequestContext, request: LlmRequest): Promise<Reply> => {
    const { model: name, max_tokens: outputTokensMax } = request;
    const model = choose({ tenantId: context.tenantId, kind: 'chat', name, outputTokensMax });
    if (!model.ok) return model;
    return beforeDeadline(context, clock, callOnce(context, { model: model.value, request }));
  };
}

/** Answers when what the call cost is recorded. */
function callModel({ open, findProvider, recorder }: CompleteLlmParts) {
  return async (context: RequestContext, { model, request, claim }: Asked): Promise<Reply> => {
    const opened = await open(
      {
        context,
        model,
        purpose: request.purpose,
        kind: 'chat',
        runId: request.run_id,
        agentId: request.agent_id,
        inputTokens: estimateInputTokens(request),
        outputTokensMax: request.max_tokens,
        maxCostMicrocents: request.max_cost_microcents,
      },
      attemptOf(request, findProvider),
    );
    if (!opened.ok) return opened;
    const { answer, settle } = opened.value;
    const { responseModel, usage, stopReason } = answer;
    const finishReason = STOP_REASONS[stopReason] ?? 'other';
    const spend = settle({ responseModel, usage, finishReason, status: 'complete' });
    const completion = completionOf(spend, answer, request.response_schema !== undefined);
    const kept = claim && { claim, completion };
    if (await recorder.record({ spend, kept })) return succeed(completion);
    return fail(errorOf('unavailable', 'the model answered, but its answer could not be stored'));
  };
}

function attemptOf(request: LlmRequest, findProvider: FindProvider): Attempt<ChatAnswer> {
  return async (model, { timeoutMs, signal }) => {
    const provider = findProvider(model.provider);
    if (provider === undefined) return fail(providerIsMissing(model));
    return provider.complete({ model, request: chatOfLlmRequest(request, model), timeoutMs }, signal);
  };
}

function providerIsMissing({ name, provider }: Model) {
  const text = `${name} cannot be called: the provider ${provider} is not configured (ANTHROPIC_API_KEY, OPENAI_API_KEY, LLM_PROVIDERS)`;
  return errorOf('provider_not_configured', `${text}; \`pnpm stack up --model-sandbox\` simulates Claude`);
}

/** Why a service's model stopped; asked for by a schema, the tool is the form of the answer. */
const STOP_REASONS: Partial<Record<StopReason, LlmCompletion['stop_reason']>> = {
  end_turn: 'end_turn',
  tool_use: 'end_turn',
  max_tokens: 'max_tokens',
  stop_sequence: 'stop_sequence',
  refusal: 'refusal',
};

function completionOf(spend: Spend, answer: ChatAnswer, hasSchema: boolean): LlmCompletion {
  return {
    request_id: spend.requestId,
    provider: spend.provider,
    model: spend.model,
    response_model: spend.responseModel,
    content: textOf(answer.content),
    parsed: hasSchema ? objectIn(answer) : null,
    stop_reason: STOP_REASONS[answer.stopReason] ?? 'other',
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

/** The call itself ends in time; storing its answer may take longer and goes on without the caller. */
async function beforeDeadline({ deadlineMs }: RequestContext, clock: Clock, reply: Promise<Reply>) {
  const answered = new AbortController();
  const text = 'the answer was not there in time; the same idempotency key may get it later';
  const tooLate = clock
    .sleep(deadlineMs - clock.now(), answered.signal)
    .then(() => fail(errorOf('deadline_exceeded', text)));
  try {
    return await Promise.race([reply, tooLate]);
  } finally {
    answered.abort();
  }
}
