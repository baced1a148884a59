import {
  errorOf,
  fail,
  succeed,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type RunStatus,
  type StructuredOutcome,
  type opsRequeue,
} from '@aos/contracts';
import type { EventPublisher, Ticket } from '../engine/ports.ts';
import type { Audit } from './audit.ts';

type Requeued =
  | { kind: 'requeued'; status: RunStatus; ticket: Ticket }
  | { kind: 'queued'; status: RunStatus }
  | { kind: 'not_found' }
  | { kind: 'refused'; message: string };

export interface RunQueue {
  /** Judges and requeues in one transaction. */
  requeue(tenantId: string, runId: string): Promise<Requeued>;
}

interface RequeueParts {
  queue: RunQueue;
  publisher: EventPublisher;
  audit: Audit;
}

/** Makes a run ready again that waits for a person or has fallen out of the queue. */
export function requeueRun({ queue, publisher, audit }: RequeueParts) {
  return async (
    context: RequestContext,
    { run_id: runId }: InputOf<typeof opsRequeue>,
  ): Promise<StructuredOutcome<OutputOf<typeof opsRequeue>>> => {
    const result = await queue.requeue(context.tenantId, runId);
    if (result.kind === 'not_found') return fail(errorOf('not_found', `no run ${runId}`));
    if (result.kind === 'refused') return fail(errorOf('conflict', result.message));
    if (result.kind === 'requeued') {
      audit(context, { action: 'run.requeue', target: runId });
      // Once a second every process looks for ready runs, so a ticket that does not get through costs that second.
      await publisher.publishTickets([result.ticket]).catch(() => undefined);
    }
    return succeed({ run_id: runId, status: result.status, requeued: result.kind === 'requeued' });
  };
}
