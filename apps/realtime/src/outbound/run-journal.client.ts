import { fail, runsEvents, succeed, type StructuredOutcome } from '@aos/contracts';
import type { Messaging } from '@aos/messaging';
import pLimit from 'p-limit';
import type { JournalPage, RunJournal, RunPlace } from '../application/ports.ts';
import { runEvent } from '../domain/run-event.ts';
import { ownContext } from './own-context.ts';

/** Pages read at once by this process; after an outage of NATS every topic wants one. */
const READS_MAX = 32;

/** Reads journals by `orchestrator.runs.events.v1`. */
export class RunJournalClient implements RunJournal {
  readonly #turn = pLimit(READS_MAX);

  constructor(private readonly messaging: Messaging) {}

  read(place: RunPlace, after: number, limit = 100): Promise<StructuredOutcome<JournalPage>> {
    return this.#turn(() => this.#page(place, after, limit));
  }

  async #page(place: RunPlace, after: number, limit: number): Promise<StructuredOutcome<JournalPage>> {
    const { tenantId, runId } = place;
    const context = ownContext(tenantId, runsEvents.timeoutMs);
    const reply = await this.messaging.request(runsEvents, context, { run_id: runId, after, limit });
    if (!reply.ok) {
      const isTooLarge = reply.error.code === 'payload_limit' && limit > 1;
      return isTooLarge ? this.#page(place, after, Math.ceil(limit / 4)) : fail(reply.error);
    }
    const events = reply.value.data.flatMap((event) =>
      event.runseq === undefined
        ? []
        : [runEvent({ runId, seq: event.runseq, type: event.type, json: JSON.stringify(event) })],
    );
    return succeed({ events, isEnd: reply.value.next_cursor === null });
  }
}
