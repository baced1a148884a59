import type { Agent, CloudEvent, Run, SubmittedRun } from '@aos/contracts';

export const AGENT_ID = '019a2f6e-7c1b-7d11-8a52-0000000000a1';
export const RUN_ID = '019a2f6e-7c1b-7d11-8a52-0000000000b1';
const TIME = '2026-01-01T00:00:00.000Z';

export const AGENT: Agent = {
  agent_id: AGENT_ID,
  tenant_id: 'acme',
  version: 1,
  name: 'btc',
  instructions: '',
  skills: [],
  model: null,
  budget_cents: 50,
  budget_microcents: 50_000_000,
  spent_cents: 0.25,
  spent_microcents: 250_000,
  reserved_cents: 0,
  reserved_microcents: 0,
  open_runs: 0,
  max_steps: 50,
  max_concurrent_runs: 5,
  created_at: TIME,
  updated_at: TIME,
};

export const SUBMITTED: SubmittedRun = {
  run_id: RUN_ID,
  agent_id: AGENT_ID,
  tenant_id: 'acme',
  status: 'queued',
  goal: 'tell me the price',
  created_at: TIME,
  replayed: false,
};

export const RUN: Run = {
  run_id: RUN_ID,
  agent_id: AGENT_ID,
  tenant_id: 'acme',
  status: 'failed',
  goal: 'tell me the price',
  labels: { team: 'ops' },
  priority: 5,
  cost_cents: 0.1,
  cost_microcents: 100_000,
  waiting_reason: null,
  next_attempt_at: null,
  created_at: TIME,
  started_at: TIME,
  finished_at: '2026-01-01T00:00:02.500Z',
  context: {},
  max_steps: 50,
  input_tokens: 0,
  output_tokens: 0,
  reserved_cents: 0,
  reserved_microcents: 0,
  plan: null,
  planning: { attempts: 0, next_attempt_at: null, error: null },
  steps: [
    {
      step_id: 'fetch',
      skill: 'http_call',
      status: 'failed',
      attempts: 3,
      idempotency_key: null,
      started_at: TIME,
      finished_at: '2026-01-01T00:00:01.000Z',
      next_attempt_at: null,
      output: null,
      output_artifact: null,
      input_tokens: 0,
      output_tokens: 0,
      error: { code: 'upstream_error', message: 'status 500', retryable: true, owner: 'upstream' },
      cost_cents: 0,
      cost_microcents: 0,
    },
  ],
  artifacts: [],
  outcome: {
    output: null,
    output_artifact: null,
    error: { code: 'upstream_error', message: 'status 500', retryable: true, owner: 'upstream' },
  },
};

export function eventOf(
  seq: number,
  type = 'run.started',
  data: CloudEvent['data'] = { engine_version: 1 },
): CloudEvent {
  return {
    specversion: '1.0',
    id: `1-${RUN_ID}-${seq}`,
    source: 'aos/orchestrator',
    type,
    subject: `run/${RUN_ID}`,
    time: TIME,
    datacontenttype: 'application/json',
    tenantid: 'acme',
    runid: RUN_ID,
    runseq: seq,
    data,
  };
}

export const finishedEvent = (seq: number, status: 'succeeded' | 'failed'): CloudEvent =>
  eventOf(seq, 'run.finished', {
    status,
    output: null,
    error: null,
    cost_microcents: 0,
    cost_cents: 0,
    steps_finished: 1,
  });
