import type { Agent, Run, RunSummary, SubmittedRun } from '@aos/contracts';

export const ID = '01890a5d-ac96-774b-bcce-b302099a8057';
const NOW = '2026-01-01T00:00:00.000Z';

const agent: Agent = {
  agent_id: ID,
  tenant_id: 'default',
  version: 1,
  name: 'a',
  instructions: '',
  skills: [],
  model: null,
  budget_cents: 0,
  budget_microcents: 0,
  spent_cents: 0,
  spent_microcents: 0,
  reserved_cents: 0,
  reserved_microcents: 0,
  open_runs: 0,
  max_steps: 50,
  max_concurrent_runs: 5,
  created_at: NOW,
  updated_at: NOW,
};

export const submittedRun: SubmittedRun = {
  run_id: ID,
  agent_id: ID,
  tenant_id: 'default',
  status: 'queued',
  goal: 'g',
  created_at: NOW,
  replayed: false,
};

const summary: RunSummary = {
  run_id: ID,
  agent_id: ID,
  tenant_id: 'default',
  status: 'queued',
  goal: 'g',
  labels: {},
  priority: 5,
  cost_cents: 0,
  cost_microcents: 0,
  waiting_reason: null,
  next_attempt_at: null,
  created_at: NOW,
  started_at: null,
  finished_at: null,
};

const run: Run = {
  ...summary,
  context: {},
  max_steps: 50,
  input_tokens: 0,
  output_tokens: 0,
  reserved_cents: 0,
  reserved_microcents: 0,
  plan: null,
  planning: { attempts: 0, next_attempt_at: null, error: null },
  steps: [],
  artifacts: [],
  outcome: null,
};

const emptyPage = { data: [], next_cursor: null };

/** An output of each command of the orchestrator, by subject. */
export const OUTPUTS: Readonly<Record<string, unknown>> = {
  'orchestrator.agents.create.v1': agent,
  'orchestrator.agents.list.v1': emptyPage,
  'orchestrator.agents.get.v1': agent,
  'orchestrator.agents.update.v1': agent,
  'orchestrator.agents.delete.v1': { agent_id: ID },
  'orchestrator.runs.submit.v1': submittedRun,
  'orchestrator.runs.get.v1': run,
  'orchestrator.runs.list.v1': emptyPage,
  'orchestrator.runs.events.v1': emptyPage,
  'orchestrator.runs.cancel.v1': summary,
  'orchestrator.artifacts.read.v1': {
    artifact: { name: 'word', sha256: 'ab'.repeat(32), bytes: 2, media_type: 'text/plain' },
    offset: 0,
    content_base64: 'aGk=',
  },
  'orchestrator.skills.list.v1': { skills: [], manifest: [] },
  'orchestrator.runtime.simulate.v1': {
    feasible: true,
    status: 'FEASIBLE',
    cost_cents: 0,
    cost_microcents: 0,
    latency_ms: 1,
    steps: [],
    risks: [],
    reasons: [],
  },
  'orchestrator.runtime.capabilities.v1': {
    tenant_id: 'default',
    engine_version: 1,
    skills: [],
    limits: { max_steps: 50, max_concurrent_runs_per_agent: 5, payload_bytes_max: 1 },
    budget_left_cents: null,
    open_runs: null,
  },
};

/** A body that each route with a body accepts, and one whose named field is of the wrong type. */
export const BODIES: Readonly<Record<string, { valid: object; wrong: object; wrongField: string }>> = {
  'POST /agents': { valid: { name: 'a' }, wrong: { name: 7 }, wrongField: '/name' },
  'PATCH /agents/:agent_id': { valid: { name: 'b' }, wrong: { max_steps: '9' }, wrongField: '/max_steps' },
  'POST /agents/:agent_id/goals': {
    valid: { goal: 'g', plan: [{ skill: 'http_call' }] },
    wrong: { goal: 'g', plan: [{ skill: 'http_call', params: 'x' }] },
    wrongField: '/plan/0/params',
  },
  'POST /runs/:run_id/cancel': { valid: { reason: 'r' }, wrong: { reason: 1 }, wrongField: '/reason' },
  'POST /runtime/simulate': {
    valid: { plan: [{ skill: 'http_call' }], budget_cents: 5 },
    wrong: { plan: [{ skill: 'http_call' }], budget_cents: '5' },
    wrongField: '/budget_cents',
  },
  'POST /admin/api-keys': {
    valid: { name: 'k', level: 1 },
    wrong: { name: 'k', level: 6 },
    wrongField: '/level',
  },
};
