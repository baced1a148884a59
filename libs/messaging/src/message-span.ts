import { HEADERS, type Command, type ConsumerDefinition, type StructuredOutcome } from '@aos/contracts';
import { openSpan, type Span } from '@aos/telemetry';
import type { MsgHdrs } from '@nats-io/nats-core';
import type { Delivery } from './delivery.ts';

/** A command on its way to its owner and back: the asking end. Attributes by OpenTelemetry's messaging conventions. */
export function requestSpan({ subject, owner }: Command, parent: string): Span {
  return openSpan(`request ${subject}`, {
    kind: 'client',
    parent,
    attributes: {
      'messaging.system': 'nats',
      'messaging.operation.name': 'request',
      'messaging.operation.type': 'send',
      'messaging.destination.name': subject,
      'peer.service': `aos-${owner}`,
    },
  });
}

/** The answering end. */
export function answerSpan({ subject }: Command, headers: MsgHdrs | undefined): Span {
  return openSpan(`answer ${subject}`, {
    kind: 'server',
    parent: headers?.get(HEADERS.traceparent),
    attributes: {
      'messaging.system': 'nats',
      'messaging.operation.name': 'answer',
      'messaging.operation.type': 'process',
      'messaging.destination.name': subject,
      'aos.tenant_id': headers?.get(HEADERS.tenant) || undefined,
    },
  });
}

/** A message of a stream in the hands of a durable consumer; in the trace of whoever published it. */
export function consumeSpan({ name, stream }: ConsumerDefinition, delivery: Delivery): Span {
  return openSpan(`process ${name}`, {
    kind: 'consumer',
    parent: delivery.headers?.get(HEADERS.traceparent),
    attributes: {
      'messaging.system': 'nats',
      'messaging.operation.name': 'process',
      'messaging.operation.type': 'process',
      'messaging.destination.name': stream,
      'messaging.consumer.group.name': name,
      'messaging.message.id': delivery.headers?.get('Nats-Msg-Id') || undefined,
      'aos.deliveries': delivery.deliveries,
    },
  });
}

/** What the caller or a policy of the tenant is to blame for is an outcome, but no error of the work. */
export function settleSpan(span: Span, outcome: StructuredOutcome<unknown>): void {
  if (outcome.ok) return;
  const { code, owner } = outcome.error;
  if (owner === 'platform' || owner === 'upstream') span.fail(outcome.error);
  else span.set({ 'error.type': code });
}
