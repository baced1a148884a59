import {
  errorOf,
  eventSubject,
  fail,
  succeed,
  type CloudEvent,
  type RequestContext,
  type StructuredOutcome,
} from '@aos/contracts';
import type { Messaging } from '@aos/messaging';
import type { Logger } from '@aos/telemetry';
import type { KeyEvents } from '../application/revoke-api-key.ts';

/** Tells of keys on AOS_EVENTS. The id follows from the key, so that a repeated event is dropped by the stream. */
export class KeyEventsPublisher implements KeyEvents {
  constructor(
    private readonly messaging: Messaging,
    private readonly logger: Logger,
  ) {}

  async keyRevoked(context: RequestContext, keyId: string): Promise<StructuredOutcome<void>> {
    const event = keyRevokedEvent(context, keyId, new Date());
    const place = { tenantId: context.tenantId, entity: 'key', entityId: keyId } as const;
    const message = {
      subject: eventSubject(place, 'key.revoked'),
      id: event.id,
      traceparent: context.traceparent,
      payload: JSON.stringify(event),
    };
    try {
      await this.messaging.publishEvents([message]);
      return succeed(undefined);
    } catch (error) {
      this.logger.error({ err: error, key_id: keyId }, 'key.revoked could not be published');
      return fail(
        errorOf('unavailable', 'The key is revoked, but this could not be told on; repeat the call.'),
      );
    }
  }
}

function keyRevokedEvent(context: RequestContext, keyId: string, now: Date): CloudEvent {
  return {
    specversion: '1.0',
    id: `${keyId}-revoked`,
    source: 'aos/api-gateway',
    type: 'key.revoked',
    subject: `key/${keyId}`,
    time: now.toISOString(),
    datacontenttype: 'application/json',
    tenantid: context.tenantId,
    traceparent: context.traceparent,
    data: { key_id: keyId },
  };
}
