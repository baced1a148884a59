import { defineCommand } from '../../command.ts';
import { messageInput, sentMessage } from '../../message.ts';
import { id } from '../../values.ts';
/** Put a message into the mailbox of an agent. */
export const messagesSend = defineCommand({
  subject: 'orchestrator.messages.send.v1',
  owner: 'orchestrator',
  callers: ['api-gateway'],
  summary: 'Put a message into the mailbox of an agent; one of its runs takes it',
  input: messageInput.extend({ agent_id: id }),
  output: sentMessage,
  errors: [
    'invalid_request',
    'not_found',
    'payload_too_large',
    'mailbox_full',
    'idempotency_conflict',
    'unavailable',
  ],
  timeoutMs: 10_000,
  idempotent: false,
});
