import type { SPEND_PURPOSES, RequestContext, StructuredOutcome } from '@aos/contracts';
import type { Model, ModelKind } from '../../domain/model.ts';
import type { Usage } from '../../domain/pricing.ts';
import type { Spend, SpendStatus } from '../../domain/spend.ts';

/** One call of a model on its way through the door, whoever asks and in whichever API. */
interface DoorCall {
  context: Pick<RequestContext, 'tenantId' | 'deadlineMs' | 'signal' | 'traceparent'>;
  purpose: (typeof SPEND_PURPOSES)[number];
  kind: ModelKind;
  /** The key that asks; absent: a service of the platform. */
  keyId?: string | undefined;
  runId?: string | undefined;
  agentId?: string | undefined;
  /** Counted carefully: rather too many than too few. */
  inputTokens: number;
  /** The most that may be written; absent: as much as the model can. */
  outputTokensMax?: number | undefined;
  /** The caller's own cap of the cost. */
  maxCostMicrocents?: number | undefined;
}

/** A call with its model. */
export interface ChosenCall extends DoorCall {
  model: Model;
}

/** One try of one model: its outcome is a value that holds what the caller wanted, or the beginning of it. */
export type Attempt<Answer> = (model: Model, limits: AttemptLimits) => Promise<StructuredOutcome<Answer>>;

interface AttemptLimits {
  timeoutMs: number;
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal;
}

/** How a call ended and what it took. */
export interface Ending {
  /** As the provider named itself. */
  responseModel: string;
  usage: Usage;
  /** `cut`: the provider was lost in mid-answer. `cancelled`: the caller left. */
  status: SpendStatus;
  /** Why the model stopped, in the provider's or our words; absent: not known. */
  finishReason?: string | undefined;
  /** The provider did not tell the usage: it was counted here. */
  isEstimated?: boolean;
}

/** A call that a provider has begun to answer. Whoever holds it settles it once, however the answer ends. */
export interface OpenedCall<Answer> {
  model: Model;
  answer: Answer;
  /** Frees what was reserved and charges what was used; the spend is yet to be recorded. */
  settle: (ending: Ending) => Spend;
}
