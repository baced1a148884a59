import type { LlmCompletion, LlmRequest, StructuredOutcome } from '@aos/contracts';
import type { EndOfLifeNotice, Model } from '../domain/model.ts';
import type { Usage } from '../domain/pricing.ts';
import type { RecordedSpend, Spend } from '../domain/spend.ts';

/** A call of one model. */
export interface ProviderCall {
  model: Model;
  request: LlmRequest;
}

interface CallLimits {
  timeoutMs: number;
  /** Aborted when nobody waits for the answer any more. */
  signal: AbortSignal;
  /** Of whoever asks. */
  traceparent: string;
}

/** What a provider answered, in no provider's dialect. */
export interface ProviderAnswer {
  /** The model as the provider named itself. */
  responseModel: string;
  content: string;
  /** The object that was asked for; null: none was, or the answer holds none. */
  parsed: LlmCompletion['parsed'];
  stopReason: LlmCompletion['stop_reason'];
  usage: Usage;
}

/** Someone who runs models. Never rejects: what goes wrong is an outcome. */
export interface Provider {
  complete(call: ProviderCall, limits: CallLimits): Promise<StructuredOutcome<ProviderAnswer>>;
}

/** A tenant's idempotency key with the hash of what was asked under it. */
export interface KeyedRequest {
  tenantId: string;
  key: string;
  requestHash: Buffer;
}

/** The right to make the call of a key, as long as its lease is renewed. */
export interface Claim extends KeyedRequest {
  claimId: string;
}

/** `claimed`: make the call. `kept`: it was made. `pending`: another process is making it. `conflict`: another request has the key. */
export type ClaimResult =
  | { state: 'claimed' }
  | { state: 'kept'; completion: LlmCompletion }
  | { state: 'pending' }
  | { state: 'conflict' };

/** The replies kept by key, of all processes. */
export interface ReplyStore {
  claim(claim: Claim, leaseMs: number): Promise<ClaimResult>;
  renew(claim: Claim, leaseMs: number): Promise<void>;
  /** Gives the key back: its call failed. */
  free(claim: Claim): Promise<void>;
}

export interface PaidCall {
  spend: Spend;
  completion: LlmCompletion;
  /** Absent: without a key, the reply is not kept. */
  claim?: Claim | undefined;
}

/** What was spent, for good. */
export interface SpendStore {
  /** Writes spend, event and reply together, a repeat changes nothing; `unavailable` while the database is away. */
  record(call: PaidCall): Promise<StructuredOutcome<void>>;
  /** Rejects while the database is away. */
  ping(): Promise<void>;
  /** Oldest first, without the youngest: rows that commit late must not be passed over. */
  list(place: { from: string; after?: SpendPlace | undefined; limit: number }): Promise<RecordedSpend[]>;
}

/** A place in the order of spends. */
export interface SpendPlace {
  createdAt: string;
  id: string;
}

export interface Clock {
  now(): number;
  /** Resolves early when the signal is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

/** What happens, for metrics and log; never prompts or answers. */
export interface LlmObserver {
  answered(spend: Spend): void;
  failed(call: { model: Model; tenantId: string; agentId: string | undefined }, code: string): void;
  modelIsEnding(notice: EndOfLifeNotice): void;
  /** Something failed that is tried again or taken over by others. */
  trouble(what: string, error: unknown): void;
  /** A paid call that nobody will bill: the only trace of it is the log. */
  spendLost(spend: Spend, error: unknown): void;
}
