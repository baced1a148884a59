import type { ErrorSpec, InputIssue } from './error-spec.ts';

interface ErrorDefinition {
  /** Title of the problem document (RFC 9457); the same for every occurrence. */
  title: string;
  status: number;
  retryable: boolean;
  owner: ErrorSpec['owner'];
}

/** Every failure a caller can meet, in one table. */
export const ERRORS = {
  invalid_request: { title: 'The request is not valid', status: 400, retryable: false, owner: 'caller' },
  tenant_required: { title: 'X-Tenant-Id is required', status: 400, retryable: false, owner: 'caller' },
  unauthenticated: { title: 'No valid credential', status: 401, retryable: false, owner: 'caller' },
  budget_exceeded: {
    title: 'The budget does not cover this',
    status: 402,
    retryable: false,
    owner: 'tenant_policy',
  },
  tenant_forbidden: {
    title: 'The credential may not use this tenant',
    status: 403,
    retryable: false,
    owner: 'caller',
  },
  authorization_denied: {
    title: 'The level of the credential is too low',
    status: 403,
    retryable: false,
    owner: 'caller',
  },
  tenant_suspended: {
    title: 'The tenant is suspended',
    status: 403,
    retryable: false,
    owner: 'tenant_policy',
  },
  not_found: { title: 'Not found', status: 404, retryable: false, owner: 'caller' },
  method_not_allowed: { title: 'Method not allowed', status: 405, retryable: false, owner: 'caller' },
  request_timeout: {
    title: 'The request took too long to arrive',
    status: 408,
    retryable: true,
    owner: 'caller',
  },
  not_recorded: {
    title: 'Nothing is recorded to answer the step with',
    status: 409,
    retryable: false,
    owner: 'caller',
  },
  conflict: { title: 'The state does not allow this', status: 409, retryable: false, owner: 'caller' },
  payload_too_large: { title: 'The body is too large', status: 413, retryable: false, owner: 'caller' },
  unsupported_media_type: { title: 'Unsupported media type', status: 415, retryable: false, owner: 'caller' },
  headers_too_large: { title: 'The headers are too large', status: 431, retryable: false, owner: 'caller' },
  idempotency_conflict: {
    title: 'The idempotency key was used with another body',
    status: 422,
    retryable: false,
    owner: 'caller',
  },
  rate_limited: { title: 'Too many requests', status: 429, retryable: true, owner: 'tenant_policy' },
  too_many_open_runs: {
    title: 'Too many open runs of this agent',
    status: 429,
    retryable: true,
    owner: 'tenant_policy',
  },
  mailbox_full: {
    title: 'Too many messages wait in the mailbox',
    status: 429,
    retryable: true,
    owner: 'tenant_policy',
  },
  provider_not_configured: {
    title: 'No provider is configured for this model',
    status: 503,
    retryable: false,
    owner: 'tenant_policy',
  },
  planner_not_configured: {
    title: 'No planner is configured',
    status: 503,
    retryable: false,
    owner: 'tenant_policy',
  },
  internal: { title: 'Internal error', status: 500, retryable: true, owner: 'platform' },
  unavailable: { title: 'A service is unavailable', status: 503, retryable: true, owner: 'platform' },
  deadline_exceeded: { title: 'The deadline passed', status: 504, retryable: true, owner: 'platform' },

  // Failures of steps and runs; the status is used where one is answered over HTTP.
  egress_denied: {
    title: 'The address may not be reached',
    status: 400,
    retryable: false,
    owner: 'tenant_policy',
  },
  invalid_params: {
    title: 'The parameters do not fit the skill',
    status: 400,
    retryable: false,
    owner: 'caller',
  },
  invalid_reference: {
    title: 'A reference cannot be resolved',
    status: 400,
    retryable: false,
    owner: 'caller',
  },
  planning_failed: {
    title: 'No valid plan could be made',
    status: 422,
    retryable: false,
    owner: 'caller',
  },
  goal_given_up: {
    title: 'The planner gave the goal up',
    status: 422,
    retryable: false,
    owner: 'caller',
  },
  artifact_unavailable: {
    title: 'The artifact store cannot be reached',
    status: 503,
    retryable: true,
    owner: 'platform',
  },
  payload_limit: { title: 'A payload is over the limit', status: 400, retryable: false, owner: 'caller' },
  skill_failed: { title: 'The skill failed', status: 502, retryable: false, owner: 'caller' },
  upstream_error: { title: 'The other side failed', status: 502, retryable: true, owner: 'upstream' },
  upstream_rejected: { title: 'The other side refused', status: 502, retryable: false, owner: 'upstream' },
  step_timeout: { title: 'The step timed out', status: 504, retryable: true, owner: 'upstream' },
  max_steps_exceeded: {
    title: 'The run needs more steps than allowed',
    status: 400,
    retryable: false,
    owner: 'tenant_policy',
  },
  message_timeout: {
    title: 'No message came in time',
    status: 504,
    retryable: false,
    owner: 'caller',
  },
  child_run_refused: {
    title: 'The agent may not be invoked from here',
    status: 422,
    retryable: false,
    owner: 'caller',
  },
  run_cancelled: { title: 'The run was cancelled', status: 409, retryable: false, owner: 'caller' },
  worker_crash_loop: { title: 'Workers died on this run', status: 500, retryable: false, owner: 'platform' },
  unknown_outcome: {
    title: 'It is not known whether the effect happened',
    status: 500,
    retryable: false,
    owner: 'platform',
  },
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof ERRORS;

interface ErrorFacts {
  retryAfterMs?: number;
  details?: ErrorSpec['details'];
}

/** The failure `code` as data; `message` is for the caller, never internals. */
export function errorOf(code: ErrorCode, message: string, facts: ErrorFacts = {}): ErrorSpec {
  const { retryable, owner } = ERRORS[code];
  return {
    code,
    message,
    retryable,
    owner,
    ...(facts.retryAfterMs === undefined ? {} : { retry_after_ms: facts.retryAfterMs }),
    ...(facts.details === undefined ? {} : { details: facts.details }),
  };
}

/** A refused input; each issue names the field by JSON pointer and the mend. */
export function invalidRequest(issues: InputIssue[]): ErrorSpec {
  const message = issues.map((issue) => `${issue.field || '/'}: ${issue.message}`).join('; ');
  return errorOf('invalid_request', message, { details: { issues } });
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(ERRORS, code);
}
