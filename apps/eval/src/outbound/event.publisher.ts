import { eventSubject, type CloudEvent, type EventData } from '@aos/contracts';
import type { OutboxMessage, OutgoingMessage } from '@aos/database';
import type { Messaging } from '@aos/messaging';
import { scoreOf, type EvaluationRecord } from '../domain/evaluation.ts';

const TYPE = 'evaluation.finished';

/** `evaluation.finished`, on its way through the outbox; its id is the same however often it is made. */
export function finishedMessage(evaluation: EvaluationRecord, traceparent: string): OutboxMessage {
  const { evaluationId, tenantId, finishedAt } = evaluation;
  const event: CloudEvent = {
    specversion: '1.0',
    id: `${evaluationId}-finished`,
    source: 'aos/eval',
    type: TYPE,
    subject: `evaluation/${evaluationId}`,
    time: (finishedAt ?? evaluation.createdAt).toISOString(),
    datacontenttype: 'application/json',
    tenantid: tenantId,
    ...(traceparent === '' ? {} : { traceparent }),
    data: dataOf(evaluation),
  };
  const subject = eventSubject({ tenantId, entity: 'evaluation', entityId: evaluationId }, TYPE);
  return { id: event.id, tenantId, subject, traceparent, payload: JSON.stringify(event) };
}

function dataOf(evaluation: EvaluationRecord): EventData<typeof TYPE> {
  return {
    evaluation_id: evaluation.evaluationId,
    suite: evaluation.suite,
    status: evaluation.status === 'passed' ? 'passed' : 'failed',
    score: scoreOf(evaluation),
    tasks_passed: evaluation.tasksPassed,
    tasks_failed: evaluation.tasksFailed,
    cost_microcents: evaluation.costMicrocents,
  };
}

/** Publishes what the outbox holds. */
export function publishTo(messaging: Messaging): (messages: OutgoingMessage[]) => Promise<void> {
  return (messages) => messaging.publishEvents(messages);
}
