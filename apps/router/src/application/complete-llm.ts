import {
  errorOf,
  fail,
  type LlmCompletion,
  type LlmRequest,
  type RequestContext,
  type StructuredOutcome,
} from '@aos/contracts';
import { callModel, type CallModelParts } from './call-model.ts';
import { chooseModel, type ChooseModelParts } from './choose-model.ts';
import type { KeyedCalls } from './keyed-calls.ts';
import { requestHash } from './request-hash.ts';

interface CompleteLlmParts extends CallModelParts, ChooseModelParts {
  keyedCalls: KeyedCalls;
}

type Reply = StructuredOutcome<LlmCompletion>;

/** One call of a model; with an idempotency key once per tenant, key and hour. */
export function completeLlm(parts: CompleteLlmParts) {
  const { keyedCalls, clock } = parts;
  const call = callModel(parts);
  const modelOf = chooseModel(parts);
  return async (context: RequestContext, request: LlmRequest): Promise<Reply> => {
    const chosen = modelOf(request);
    if (!chosen.ok) return chosen;
    const { tenantId, idempotencyKey: key, deadlineMs } = context;
    const asked = { model: chosen.value, request };
    const reply =
      key === undefined
        ? call(context, asked)
        : keyedCalls.once({ tenantId, key, requestHash: requestHash(request) }, deadlineMs, (claim) =>
            call(context, { ...asked, claim }),
          );
    // The call itself ends in time; storing its answer may take longer and goes on without the caller.
    const giveUp = new AbortController();
    const tooLate = clock.sleep(deadlineMs - clock.now(), giveUp.signal).then(() => fail(tooLateError()));
    try {
      return await Promise.race([reply, tooLate]);
    } finally {
      giveUp.abort();
    }
  };
}

function tooLateError() {
  return errorOf(
    'deadline_exceeded',
    'the answer was not there in time; with the same idempotency key it may be later',
  );
}
