import { RUN_TICKETS, eventSubject, signalSubject, type CloudEvent } from '@aos/contracts';
import type { Messaging } from '@aos/messaging';
import type { EventPublisher, JournalRow, Ticket } from '../application/engine/ports.ts';

/** Publishes journal rows as CloudEvents. The id carries the database's timeline and is the message id, so repeats are dropped. */
export function natsEventPublisher(messaging: Messaging, timeline: number): EventPublisher {
  return {
    publish: (rows) => messaging.publishEvents(rows.map((row) => toMessage(row, timeline))),
    publishTickets: (tickets) =>
      messaging.publishWork(
        tickets.map((ticket) => ({
          subject: RUN_TICKETS.filter,
          id: ticketId(ticket, timeline),
          payload: JSON.stringify({ run_id: ticket.runId }),
        })),
      ),
    nudge: (workerId) => messaging.publishCore(signalSubject(workerId), '{}'),
  };
}

function ticketId({ runId, enqueueNo }: Ticket, timeline: number): string | undefined {
  return enqueueNo === null ? undefined : `${timeline}-${runId}:${enqueueNo}`;
}

function toMessage(row: JournalRow, timeline: number) {
  const event = cloudEventOf(row, timeline);
  return {
    subject: eventSubject(
      { tenantId: row.tenantId, agentId: row.agentId, entity: 'run', entityId: row.runId },
      row.event.type,
    ),
    id: event.id,
    traceparent: row.traceparent,
    payload: JSON.stringify(event),
  };
}

/** A journal row as the world sees it. */
export function cloudEventOf(row: JournalRow, timeline: number): CloudEvent {
  const { event, runId, tenantId, agentId, traceparent } = row;
  return {
    specversion: '1.0',
    id: `${timeline}-${runId}-${event.seq}`,
    source: 'aos/orchestrator',
    type: event.type,
    subject: `run/${runId}`,
    time: event.time,
    datacontenttype: 'application/json',
    tenantid: tenantId,
    agentid: agentId,
    runid: runId,
    runseq: event.seq,
    ...(traceparent === '' ? {} : { traceparent }),
    // Event data are JSON by their schemas; optional fields that are absent do not appear.
    data: event.data as CloudEvent['data'],
  };
}
