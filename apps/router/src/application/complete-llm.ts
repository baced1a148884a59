import {
  errorOf,
  fail,
  type LlmCompletion,
  type LlmRequest,
  type RequestContext,
  type StructuredOutcome,
} from '@aos/contracts';
import type { Model } from '../domain/model.ts';
import { callModel, type CallModelParts } from './call-model.ts';
import { chooseModel, type ChooseModelParts } from './choose-model.ts';
import type { KeyedCalls } from './keyed-calls.ts';
import type { Clock, SpendStore } from './ports.ts';
import { requestHash } from './request-hash.ts';

interface CompleteLlmParts extends CallModelParts, ChooseModelParts {
  keyedCalls: KeyedCalls;
  spends: SpendStore;
}

type Reply = StructuredOutcome<LlmCompletion>;

/** One call of a model; with an idempotency key once per tenant, key and hour. */
export function completeLlm(parts: CompleteLlmParts) {
  const { keyedCalls, spends, clock } = parts;
  const modelOf = chooseModel(parts);
  const call = callModel(parts);
  const callOnce = async (context: RequestContext, asked: { model: Model; request: LlmRequest }) => {
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
    const model = modelOf(request);
    if (!model.ok) return model;
    return beforeDeadline(context, clock, callOnce(context, { model: model.value, request }));
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
