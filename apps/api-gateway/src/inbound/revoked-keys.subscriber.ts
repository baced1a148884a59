import { EVENT_DATA, LIVE_REVOKED_KEYS } from '@aos/contracts';
import type { Messaging } from '@aos/messaging';
import type { Logger } from '@aos/telemetry';
import { z } from 'zod';

interface RememberedKeys {
  forget(keyId: string): void;
  forgetAll(): void;
}

const keyRevoked = z.object({ data: EVENT_DATA['key.revoked'] });

/** Forgets each key that any replica revokes; after a time without NATS all of them, for what was missed is not known. */
export function forgetRevokedKeys(messaging: Messaging, keys: RememberedKeys, logger: Logger): void {
  messaging.onReconnect(() => keys.forgetAll());
  messaging.subscribeCore(LIVE_REVOKED_KEYS, ({ subject, payload }) => {
    const event = keyRevoked.safeParse(jsonOf(payload));
    if (event.success) return keys.forget(event.data.data.key_id);
    logger.error({ subject, err: event.error }, 'a key was revoked, and it cannot be read which');
    keys.forgetAll();
  });
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
