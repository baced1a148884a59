import { correlationId, errorOf, fail, message, messageType, succeed } from '@aos/contracts';
import { z } from 'zod';
import type { Clock } from '../../application/engine/ports.ts';
import type { Mailbox } from '../../application/messages/mailbox.ts';
import type { Skill } from '../../domain/skill/skill.ts';
import { WaitFor, defineSkill } from './define-skill.ts';

const HOUR_MS = 3_600_000;
const ASK_AGAIN_MS = 1_000;

const params = z.strictObject({
  type: messageType.optional().describe('else of any type'),
  correlation_id: correlationId.optional().describe('else of any'),
  timeout_ms: z
    .int()
    .min(0)
    .max(30 * 24 * HOUR_MS)
    .default(HOUR_MS)
    .describe('past it the step fails with message_timeout'),
});

/**
 * Takes the oldest message of its agent's mailbox that suits, and waits for one without holding a slot. The message is
 * taken under the call's key, so a call that is repeated gets the same one.
 */
export function messageWait(mailbox: Pick<Mailbox, 'take'>, clock: Clock): Skill {
  return defineSkill({
    name: 'message_wait',
    version: '1.0.0',
    description: 'Waits for a message sent to this agent and takes it; nobody else gets it.',
    side_effects: 'always',
    idempotent: 'always',
    pipe: 'body',
    cost_microcents: 0,
    latency_ms: 1_000,
    timeout_ms: 30_000,
    params,
    output: message,
    hasSideEffects: () => true,
    isIdempotent: () => true,
    awaits: 'message',
    run: async ({ type = null, correlation_id = null, timeout_ms: timeoutMs }, call) => {
      const { tenantId, runId, agentId, stepId, idempotencyKey: key } = call;
      const place = { tenantId, runId, agentId, stepId, key };
      const now = new Date(clock.now()).toISOString();
      const asked = { ...place, type, correlationId: correlation_id, now, timeoutMs };
      const taking = await mailbox.take(asked).catch(() => undefined);
      // Nothing is known of a mailbox that cannot be reached: it is asked again.
      if (taking === undefined)
        return succeed(new WaitFor({ until: new Date(clock.now() + ASK_AGAIN_MS).toISOString() }));
      switch (taking.kind) {
        case 'taken':
          return succeed(taking.message);
        case 'waits':
          return succeed(new WaitFor({ until: taking.until }));
        case 'expired':
          return fail(errorOf('message_timeout', `no message came within ${timeoutMs} ms`));
        case 'gone':
          return fail(errorOf('unavailable', 'the run is not running here any more'));
      }
    },
  });
}
