import type { LlmCompletion, StructuredOutcome } from '@aos/contracts';
import type { ChatAnswer } from '../domain/chat/chat-answer.ts';
import type { ChatEvent } from '../domain/chat/chat-event.ts';
import type { ChatRequest } from '../domain/chat/chat-request.ts';
import type { EndOfLifeNotice, Model } from '../domain/model.ts';
import type { RecordedSpend, Spend } from '../domain/spend.ts';

/** A call of one model in no provider's dialect. */
export interface ProviderCall {
  model: Model;
  request: ChatRequest;
  /** How long the whole answer may take; of a stream, how long it may be silent. */
  timeoutMs: number;
}

/** Someone who runs models. Neither method rejects: what goes wrong is an outcome. */
export interface Provider {
  complete(call: ProviderCall, signal: AbortSignal): Promise<StructuredOutcome<ChatAnswer>>;
  /**
   * Resolves when the first event is there: what fails until then may be tried elsewhere. What fails later is the last
   * event, `error`. Aborting the signal, or leaving the iteration, ends the provider's work.
   */
  stream(call: ProviderCall, signal: AbortSignal): Promise<StructuredOutcome<AsyncIterable<ChatEvent>>>;
}

/** The configured providers by name; undefined: none of that name is configured. */
export type FindProvider = (name: string) => Provider | undefined;

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

/** A call that was paid for. */
export interface PaidCall {
  spend: Spend;
  /** The reply that is kept with it, for whoever asks again by the same key. */
  kept?: { claim: Claim; completion: LlmCompletion } | undefined;
}

/** What was spent, for good. */
export interface SpendStore {
  /**
   * Writes spends, events and replies in one transaction, of any tenants; a repeat changes nothing. `unavailable` while
   * the database is away; rejects where one of them cannot be written.
   */
  record(calls: readonly PaidCall[]): Promise<StructuredOutcome<void>>;
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
