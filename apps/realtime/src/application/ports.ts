import type { StructuredOutcome } from '@aos/contracts';
import type { RunEvent } from '../domain/run-event.ts';

/** A run of a tenant. */
export interface RunPlace {
  tenantId: string;
  runId: string;
}

export interface JournalPage {
  events: RunEvent[];
  /** Whether the journal held nothing further when it was read. */
  isEnd: boolean;
}

/** What a client shows to be let in. */
export interface Credential {
  credential: string;
  /** The tenant asked for; undefined: the credential's own. */
  tenantId: string | undefined;
  traceparent: string;
}

/** Who watches. */
export interface Watcher {
  tenantId: string;
  keyId: string;
}

export interface Credentials {
  /** When the check cannot be made the answer is `unavailable`, never a yes. */
  verify(credential: Credential): Promise<StructuredOutcome<Watcher>>;
}

/** The truth about a run's events. */
export interface RunJournal {
  /** The events after `after`, at most `limit` (default 100); `not_found` for a run that the tenant does not have. */
  read(place: RunPlace, after: number, limit?: number): Promise<StructuredOutcome<JournalPage>>;
}

/** Live copies of events: fast, but some may be missing, repeated or late. */
export interface LiveEvents {
  /** Returns how to stop. */
  subscribe(place: RunPlace, onEvent: (event: RunEvent) => void): () => void;
}

/** Whoever watches a topic; receives each event once and in order. */
export interface TopicWatcher {
  deliver(event: RunEvent): void;
}

/** A connection, as a subscription sees it. */
export interface Recipient {
  subscribed(topic: string, afterSeq: number): void;
  deliver(event: RunEvent): void;
  /** Whether what was delivered has mostly left, so that history may be added without pushing anything out. */
  readonly hasRoom: boolean;
  /** Resolves when there may be room again, or when the signal aborts. */
  room(signal: AbortSignal): Promise<void>;
}
