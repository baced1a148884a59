import { z } from 'zod';
import { defineCommand } from '../../command.ts';
import { correlationId, mailboxMessage, messageType } from '../../message.ts';
import { id, nextCursor, page } from '../../values.ts';
/** List the messages of an agent, newest first. */
export const messagesList = defineCommand({
  subject: 'orchestrator.messages.list.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'List the messages sent to an agent, newest first',
  input: z.strictObject({
    ...page,
    agent_id: id,
    type: messageType.optional(),
    correlation_id: correlationId.optional(),
    /** `waiting`: nobody has taken them yet. */
    state: z.enum(['waiting', 'taken']).optional(),
  }),
  output: z.object({ data: z.array(mailboxMessage), next_cursor: nextCursor }),
  errors: ['invalid_request', 'not_found'],
  timeoutMs: 10_000,
  idempotent: true,
});
