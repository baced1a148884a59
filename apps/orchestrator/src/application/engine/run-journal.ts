import type { EventData } from '@aos/contracts';
import { evolve, fold } from '../../domain/run/evolve.ts';
import type { NewRunEvent, RunEvent, RunEventType, RunState } from '../../domain/run/state.ts';
import type { JournalEntry, JournalWriter } from './journal-writer.ts';
import type { ClaimedRun, Clock, RunIdentity } from './ports.ts';

/** The journal of one claimed run: what it says so far, in the one order in which it is written. */
export class RunJournal {
  readonly identity: RunIdentity;
  readonly #writer: Pick<JournalWriter, 'add'>;
  readonly #clock: Clock;
  readonly #traceparent: string;
  #state: RunState;
  #durable: Promise<void> = Promise.resolve();
  #failure: { error: unknown } | undefined;

  constructor(
    parts: { writer: Pick<JournalWriter, 'add'>; clock: Clock },
    claim: ClaimedRun,
    events: readonly RunEvent[],
  ) {
    const { runId, tenantId, agentId } = claim;
    this.identity = { runId, tenantId, agentId };
    this.#writer = parts.writer;
    this.#clock = parts.clock;
    this.#traceparent = claim.traceparent;
    this.#state = fold(events);
  }

  get state(): RunState {
    return this.#state;
  }

  /** Resolves when all that was added so far is durable. */
  get durable(): Promise<void> {
    return this.#durable;
  }

  /** Set when something that was added could not be written. */
  get failure(): { error: unknown } | undefined {
    return this.#failure;
  }

  /** Takes the events into the state at once and hands them to the writer; resolves when they are durable. */
  add(events: NewRunEvent[], more: Partial<JournalEntry> = {}): Promise<void> {
    const { identity } = this;
    const rows = events.map((event) => {
      const numbered: RunEvent = { ...event, seq: this.#state.seq + 1 };
      this.#state = evolve(this.#state, numbered);
      return { ...identity, traceparent: this.#traceparent, event: numbered };
    });
    this.#durable = this.#writer.add({ runId: identity.runId, rows, ...more });
    this.#durable.catch((error: unknown) => {
      this.#failure ??= { error };
    });
    return this.#durable;
  }

  /** Adds one event of now. */
  tell<T extends RunEventType>(type: T, data: EventData<T>, more: Partial<JournalEntry> = {}): Promise<void> {
    const time = new Date(this.#clock.now()).toISOString();
    return this.add([{ type, time, data } as NewRunEvent], more);
  }
}
