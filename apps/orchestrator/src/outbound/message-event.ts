import { eventSubject, type CloudEvent, type Message } from '@aos/contracts';
import type { OutboxMessage } from '@aos/database';

const TYPE = 'message.sent';

/** `message.sent`, on its way through the outbox; its id is the same however often it is made. */
export function sentEvent(tenantId: string, message: Message, traceparent: string): OutboxMessage {
  const { body: _, ...data } = message;
  const { message_id: messageId, to, from, created_at: time } = data;
  const event: CloudEvent = {
    specversion: '1.0',
    id: `${messageId}-sent`,
    source: 'aos/orchestrator',
    type: TYPE,
    subject: `message/${messageId}`,
    time,
    datacontenttype: 'application/json',
    tenantid: tenantId,
    agentid: to.agent_id,
    ...(from.run_id === null ? {} : { runid: from.run_id }),
    ...(traceparent === '' ? {} : { traceparent }),
    data,
  };
  const place = { tenantId, agentId: to.agent_id, entity: 'message', entityId: messageId } as const;
  const subject = eventSubject(place, TYPE);
  return { id: event.id, tenantId, subject, traceparent, payload: JSON.stringify(event) };
}
