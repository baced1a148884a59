import { defineCommand } from '../../command.ts';
import { goalInput, submittedRun } from '../../run.ts';
import { id } from '../../values.ts';
/** Submit a goal to an agent. */
export const runsSubmit = defineCommand({
  subject: 'orchestrator.runs.submit.v1',
  owner: 'orchestrator',
  callers: ['api-gateway', 'eval'],
  summary: 'Submit a goal to an agent',
  input: goalInput.extend({ agent_id: id }),
  output: submittedRun,
  errors: [
    'invalid_request',
    'egress_denied',
    'not_found',
    'tenant_suspended',
    'budget_exceeded',
    'too_many_open_runs',
    'idempotency_conflict',
    'unavailable',
  ],
  timeoutMs: 10_000,
  idempotent: false,
});
