import { EVENT_DATA, LIVE_REVOKED_KEYS, liveRunSubject } from '@aos/contracts';
import type { Messaging } from '@aos/messaging';
import type { Logger } from '@aos/telemetry';
import { z } from 'zod';
import type { LiveEvents, RunPlace } from '../application/ports.ts';
import { runEvent, type RunEvent } from '../domain/run-event.ts';

/** Of a live event only what steers it is read; the rest passes through as it came. */
const liveEvent = z.object({ type: z.string(), runseq: z.int().positive() });
const keyRevoked = z.object({ data: EVENT_DATA['key.revoked'] });

/** Live copies of events, from the subjects to which AOS_EVENTS republishes. */
export class LiveEventsClient implements LiveEvents {
  constructor(
    private readonly messaging: Messaging,
    private readonly logger: Logger,
  ) {}

  subscribe({ tenantId, runId }: RunPlace, onEvent: (event: RunEvent) => void): () => void {
    return this.messaging.subscribeCore(liveRunSubject(tenantId, runId), ({ subject, payload }) => {
      const event = this.#parse(liveEvent, subject, payload);
      if (event !== undefined)
        onEvent(runEvent({ runId, seq: event.runseq, type: event.type, json: payload }));
    });
  }

  /** Calls back with the id of each key that is revoked, of any tenant. */
  onKeyRevoked(onKey: (keyId: string) => void): () => void {
    return this.messaging.subscribeCore(LIVE_REVOKED_KEYS, ({ subject, payload }) => {
      const event = this.#parse(keyRevoked, subject, payload);
      if (event !== undefined) onKey(event.data.key_id);
    });
  }

  #parse<T>(schema: z.ZodType<T>, subject: string, payload: string): T | undefined {
    const parsed = schema.safeParse(jsonOf(payload));
    if (parsed.success) return parsed.data;
    this.logger.warn({ subject, err: parsed.error }, 'a live event could not be read');
    return undefined;
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
