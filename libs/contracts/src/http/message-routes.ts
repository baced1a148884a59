import { z } from 'zod';
import { messagesList } from '../commands/orchestrator/messages-list.v1.ts';
import { messagesSend } from '../commands/orchestrator/messages-send.v1.ts';
import { messageInput } from '../message.ts';
import { queryPage, type HttpRoute } from './route.ts';
import { serve } from './serve.ts';

/** The mailboxes of agents. */
export const MESSAGE_ROUTES: readonly HttpRoute[] = [
  serve(messagesSend, {
    method: 'POST',
    path: '/agents/:agent_id/messages',
    tag: 'messages',
    body: messageInput,
    status: 201,
    level: 2,
    rate: 'writes',
    alsoAtRoot: true,
  }),
  serve(messagesList, {
    method: 'GET',
    path: '/agents/:agent_id/messages',
    tag: 'messages',
    query: z.strictObject({
      ...queryPage,
      type: z.string().optional(),
      correlation_id: z.string().optional(),
      state: z.string().optional().describe('waiting or taken'),
    }),
    level: 1,
    rate: 'reads',
    alsoAtRoot: true,
  }),
];
