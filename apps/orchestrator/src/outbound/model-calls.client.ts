import { randomUUID } from 'node:crypto';
import { llmComplete } from '@aos/contracts';
import type { Messaging } from '@aos/messaging';
import type { ModelCalls } from '../application/model-calls.ts';

/** Models through the router, on the orchestrator's own account. */
export function routerModelCalls(messaging: Messaging): ModelCalls {
  return {
    complete: ({ request, timeoutMs, ...call }) =>
      messaging.request(
        llmComplete,
        {
          ...call,
          actor: { id: 'service:orchestrator', level: 1 },
          requestId: randomUUID(),
          deadlineMs: Date.now() + timeoutMs,
        },
        request,
      ),
  };
}
