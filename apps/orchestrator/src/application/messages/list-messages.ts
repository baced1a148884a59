import {
  errorOf,
  fail,
  invalidRequest,
  succeed,
  type InputOf,
  type OutputOf,
  type RequestContext,
  type StructuredOutcome,
  type messagesList,
} from '@aos/contracts';
import type { MailboxReader } from './mailbox.ts';

/** The messages of an agent, newest first. The cursor is the number of the last one. */
export function listMessages(mailboxes: MailboxReader) {
  return async (
    { tenantId }: RequestContext,
    input: InputOf<typeof messagesList>,
  ): Promise<StructuredOutcome<OutputOf<typeof messagesList>>> => {
    const { agent_id: agentId, type, correlation_id: correlationId, state, cursor, limit } = input;
    if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) {
      const message = 'is not a cursor of this list; start without one';
      return fail(invalidRequest([{ field: '/cursor', message }]));
    }
    const found = await mailboxes.list({
      tenantId,
      agentId,
      type,
      correlationId,
      isTaken: state === undefined ? undefined : state === 'taken',
      before: cursor === undefined ? undefined : Number(cursor),
      limit: limit + 1,
    });
    if (found === undefined) return fail(errorOf('not_found', `no agent ${agentId}`));
    const page = found.slice(0, limit);
    return succeed({
      data: page.map(({ message }) => message),
      next_cursor: found.length > limit ? String(page.at(-1)?.number) : null,
    });
  };
}
