import {
  MESSAGE_BYTES_MAX,
  errorOf,
  fail,
  id,
  messageContent,
  succeed,
  type StructuredOutcome,
} from '@aos/contracts';
import { z } from 'zod';
import { StoreDataError } from '../../application/engine/ports.ts';
import { deliver, type SendParts } from '../../application/messages/send-message.ts';
import type { Skill } from '../../domain/skill/skill.ts';
import { defineSkill } from './define-skill.ts';

const params = messageContent.extend({
  to: id.describe('the agent it is sent to'),
  body: z.json().describe(`at most ${MESSAGE_BYTES_MAX} bytes as JSON`),
});

const output = z.object({ message_id: id });

/** A repeat with the same key is harmless. */
function notStored(error: unknown): StructuredOutcome<never> {
  if (error instanceof StoreDataError)
    return fail(errorOf('invalid_params', 'the message cannot be stored as it is'));
  return fail(errorOf('unavailable', 'the mailbox could not be reached'));
}

/** Puts a message into the mailbox of an agent of the same tenant, once, however often it is called with its key. */
export function messageSend(parts: SendParts): Skill {
  return defineSkill({
    name: 'message_send',
    version: '1.0.0',
    description: 'Sends a message to another agent; a run of that agent takes it by message_wait.',
    side_effects: 'always',
    idempotent: 'always',
    pipe: 'message_id',
    pipe_into: 'body',
    cost_microcents: 0,
    latency_ms: 10,
    timeout_ms: 30_000,
    params,
    output,
    hasSideEffects: () => true,
    isIdempotent: () => true,
    run: async ({ to, ...content }, { tenantId, runId, agentId, idempotencyKey, traceparent }) => {
      const from = { run_id: runId, agent_id: agentId, caller: null };
      const sending = { tenantId, agentId: to, from, content, idempotencyKey, traceparent };
      const sent = await deliver(parts, sending).catch(notStored);
      return sent.ok ? succeed({ message_id: sent.value.message_id }) : sent;
    },
  });
}
