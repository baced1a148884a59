import { defineCommand } from '../../command.ts';
import { llmCompletion, llmRequest } from '../../llm.ts';

/** One call of a model. With an idempotency key in the envelope the reply is kept for an hour: a repeat pays nothing. */
export const llmComplete = defineCommand({
  subject: 'router.llm.complete.v1',
  owner: 'router',
  callers: ['orchestrator', 'eval'],
  summary: 'Call a model',
  input: llmRequest,
  output: llmCompletion,
  errors: [
    'invalid_request',
    'budget_exceeded',
    'idempotency_conflict',
    'provider_not_configured',
    'rate_limited',
    'upstream_error',
    'upstream_rejected',
    'unavailable',
    'deadline_exceeded',
  ],
  timeoutMs: 10_000,
  idempotent: false,
});
