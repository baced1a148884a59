import type {
  Agent,
  DeadLetterWhole,
  Evaluation,
  OutputOf,
  Run,
  RunSummary,
  SubmittedRun,
  SuiteSummary,
  Worker,
  usageGet,
} from '@aos/contracts';

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

const suiteSummary: SuiteSummary = {
  name: 'faq',
  description: null,
  version: 1,
  task_count: 1,
  updated_at: NOW,
};

const task = { name: 't', goal: 'g', assertions: [{ path: '/status', op: 'exists' }] };

const evaluation: Evaluation = {
  evaluation_id: ID,
  tenant_id: 'default',
  suite: 'faq',
  suite_version: 1,
  status: 'running',
  score: 0,
  tasks_passed: 0,
  tasks_failed: 0,
  task_count: 1,
  cost_microcents: 0,
  cost_cents: 0,
  created_at: NOW,
  finished_at: null,
  tasks: [],
};

const usage: OutputOf<typeof usageGet> = {
  tenant_id: 'default',
  from: '2026-01-01',
  to: '2026-01-01',
  data: [],
  total_cost_microcents: 0,
  total_cost_cents: 0,
  next_cursor: null,
};

const worker: Worker = {
  worker_id: ID,
  host: 'h',
  engine_version: 1,
  started_at: NOW,
  lease_until: NOW,
  lease_age_ms: 0,
  live: true,
  draining: false,
  slots: 1,
  runs_owned: 0,
};

const deadLetter: DeadLetterWhole = {
  sequence: 7,
  stream: 'AOS_EVENTS',
  consumer: 'billing-runs',
  subject: null,
  reason: null,
  deliveries: null,
  time: NOW,
  payload_bytes: 0,
  preview: '',
  traceparent: null,
  payload: '',
  payload_base64: '',
};

const standing = { tenant_id: 'acme', suspended_at: null, reason: null };
const bulk = { action: 'cancel', dry_run: true, matched: 0, done: 0, failed: 0, data: [], next_cursor: null };

/** An output of each command behind the gateway, by subject. */
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
  'orchestrator.runs.pause.v1': summary,
  'orchestrator.runs.resume.v1': summary,
  'orchestrator.runs.restart.v1': summary,
  'orchestrator.runs.replay.v1': {
    mode: 'EXACT',
    run_id: summary.run_id,
    engine_version: 3,
    replayed_by: 4,
    events: 5,
    commands: 4,
    verdict: 'identical',
    divergence: null,
    reason: null,
    sha256: 'ab'.repeat(32),
  },
  'orchestrator.artifacts.read.v1': {
    artifact: { name: 'word', sha256: 'ab'.repeat(32), bytes: 2, media_type: 'text/plain' },
    offset: 0,
    content_base64: 'aGk=',
  },
  'orchestrator.runs.export.v1': {
    artifact: { name: 'run.ndjson', sha256: 'ab'.repeat(32), bytes: 2, media_type: 'application/x-ndjson' },
    offset: 0,
    content_base64: 'e30=',
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
  'orchestrator.messages.list.v1': emptyPage,
  'orchestrator.messages.send.v1': {
    message_id: ID,
    from: { run_id: null, agent_id: null, caller: 'key:k' },
    to: { agent_id: ID },
    type: 'note',
    body: null,
    correlation_id: null,
    reply_to: null,
    created_at: '2026-01-01T00:00:00.000Z',
    replayed: false,
  },
  'orchestrator.runs.bulk.v1': bulk,
  'orchestrator.ops.stuck.v1': emptyPage,
  'orchestrator.ops.requeue.v1': { run_id: ID, status: 'queued', requeued: true },
  'orchestrator.ops.workers.list.v1': { data: [worker] },
  'orchestrator.ops.workers.drain.v1': worker,
  'orchestrator.ops.workers.resume.v1': worker,
  'orchestrator.ops.tenants.suspend.v1': standing,
  'orchestrator.ops.tenants.resume.v1': standing,
  'orchestrator.ops.archive.list.v1': emptyPage,
  'orchestrator.ops.archive.run.v1': { tried_again: 0 },
  'orchestrator.ops.archive.check.v1': {
    run_day: '2026-01-02',
    intact: true,
    detail: null,
    bytes: 1,
    events: 1,
    runs: 1,
    sha256: 'a',
  },
  'orchestrator.ops.dead-letters.list.v1': emptyPage,
  'orchestrator.ops.dead-letters.get.v1': deadLetter,
  'orchestrator.ops.dead-letters.replay.v1': { replayed: 0, failed: 0, data: [], more: false },
  'orchestrator.ops.dead-letters.delete.v1': { sequence: 7 },
  'billing.usage.get.v1': usage,
  'eval.suites.put.v1': { ...suiteSummary, tasks: [] },
  'eval.suites.get.v1': { ...suiteSummary, tasks: [] },
  'eval.suites.list.v1': { data: [suiteSummary], next_cursor: null },
  'eval.evaluations.start.v1': evaluation,
  'eval.evaluations.get.v1': evaluation,
  'eval.evaluations.list.v1': { data: [evaluation], next_cursor: null },
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
  'POST /runs/:run_id/resume': {
    valid: { step_id: 's', outcome: 'retry' },
    wrong: { outcome: 'maybe' },
    wrongField: '/outcome',
  },
  'POST /runs/:run_id/restart': {
    valid: { from_step: 's' },
    wrong: { from_step: 1 },
    wrongField: '/from_step',
  },
  'POST /runs/:run_id/replay': {
    valid: { mode: 'EXACT' },
    wrong: { mode: 'exact' },
    wrongField: '/mode',
  },
  'POST /runtime/simulate': {
    valid: { plan: [{ skill: 'http_call' }], budget_cents: 5 },
    wrong: { plan: [{ skill: 'http_call' }], budget_cents: '5' },
    wrongField: '/budget_cents',
  },
  'POST /agents/:agent_id/messages': {
    valid: { type: 'note', body: { text: 'hi' } },
    wrong: { type: '', body: null },
    wrongField: '/type',
  },
  'POST /runs/bulk': {
    valid: { action: 'cancel', filter: { status: 'queued' }, dry_run: true },
    wrong: { action: 'cancel', filter: { status: 'odd' } },
    wrongField: '/filter/status',
  },
  'POST /admin/tenants/:tenant/suspend': {
    valid: { reason: 'r' },
    wrong: { reason: 7 },
    wrongField: '/reason',
  },
  'POST /admin/dead-letters/replay': {
    valid: { consumer: 'billing-runs' },
    wrong: { consumer: 'a.b' },
    wrongField: '/consumer',
  },
  'POST /eval/suites': {
    valid: { name: 'faq', tasks: [task] },
    wrong: { name: 'faq', tasks: [{ ...task, goal: 7 }] },
    wrongField: '/tasks/0/goal',
  },
  'POST /eval/evaluations': { valid: { suite: 'faq' }, wrong: { suite: 7 }, wrongField: '/suite' },
  'POST /admin/api-keys': {
    valid: { name: 'k', level: 1 },
    wrong: { name: 'k', level: 6 },
    wrongField: '/level',
  },
};
