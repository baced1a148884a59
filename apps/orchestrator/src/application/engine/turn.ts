import type { ErrorSpec, RetryPolicy } from '@aos/contracts';
import { retryDelayMs } from '../../domain/run/retry.ts';
import type { Interruption } from './interruption.ts';
import type { JournalWriter } from './journal-writer.ts';
import type { RunPlace } from '../messages/mailbox.ts';
import type {
  Chance,
  ClaimedRun,
  Clock,
  EngineObserver,
  EngineStore,
  EventPublisher,
  Lease,
  Planner,
} from './ports.ts';
import type { RunJournal } from './run-journal.ts';
import type { ToolAdapter } from './tool-adapter.ts';

export interface ExecutionParts {
  workerId: string;
  store: Pick<EngineStore, 'signal' | 'closeToChildren'>;
  publisher: Pick<EventPublisher, 'nudge' | 'publishTickets'>;
  /** Lets runs hear of signals that were left for them. */
  wake: (runs: readonly RunPlace[]) => Promise<void>;
  writer: Pick<JournalWriter, 'add'>;
  tools: ToolAdapter;
  planner: Planner;
  lease: Lease;
  clock: Clock;
  chance: Chance;
  observer: EngineObserver;
}

/** A claimed run during its turn in a slot: what its steps and its planning share. */
export interface Turn {
  parts: ExecutionParts;
  claim: ClaimedRun;
  journal: RunJournal;
  /** Of the span of this turn. */
  traceparent: string;
  /** Raised when the run is cut. */
  cut: Interruption;
  /** Raised when the slot is wanted back: ends what another process can repeat without loss. */
  leave: Interruption;
  /** Why the run was cut. */
  cutError(): ErrorSpec;
}

/** Null: the failure is the last. */
export function retryAt(
  { clock, chance }: Pick<ExecutionParts, 'clock' | 'chance'>,
  retry: RetryPolicy,
  attempt: number,
  error: ErrorSpec,
): string | null {
  if (!error.retryable || attempt >= retry.maximum_attempts) return null;
  const delayMs = retryDelayMs(retry, attempt, chance.random(), error.retry_after_ms);
  return new Date(clock.now() + delayMs).toISOString();
}
