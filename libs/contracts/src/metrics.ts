import { SERVICES, type ServiceName } from './command.ts';

/** A metric as Prometheus reads it at a service's /metrics. */
export interface MetricDefinition {
  name: string;
  type: 'counter' | 'gauge' | 'histogram';
  help: string;
  /** Their values are of fixed sets, or bounded: past a limit of tenants or agents the label is `other`. */
  labels: readonly string[];
  services: readonly ServiceName[];
}

/** Every metric of AOS beside the process's own (`process_…`, `nodejs_…`); a test compares them with running services. */
export const METRICS: readonly MetricDefinition[] = [
  {
    name: 'http_request_duration_seconds',
    type: 'histogram',
    help: 'Time from the first byte of a request to the end of its answer',
    labels: ['method', 'route', 'status'],
    services: SERVICES,
  },
  {
    name: 'aos_run_queue_depth',
    type: 'gauge',
    help: 'Runs that are ready and not yet claimed',
    labels: [],
    services: ['orchestrator'],
  },
  {
    name: 'aos_journal_days',
    type: 'gauge',
    help: 'Days of the journal whose archiving has begun or is held up, by how far it has come',
    labels: ['status'],
    services: ['orchestrator'],
  },
  {
    name: 'aos_run_duration_seconds',
    type: 'histogram',
    help: 'From the start of a run to its end',
    labels: ['status'],
    services: ['orchestrator'],
  },
  {
    name: 'aos_step_duration_seconds',
    type: 'histogram',
    help: 'The last attempt of a step',
    labels: ['skill', 'outcome'],
    services: ['orchestrator'],
  },
  {
    name: 'nova_llm_tokens_total',
    type: 'counter',
    help: 'Tokens of model calls; input is what was read neither from a cache nor into it',
    labels: ['provider', 'model', 'tenant_id', 'agent_id', 'token_type'],
    services: ['router'],
  },
  {
    name: 'nova_llm_cost_cents_total',
    type: 'counter',
    help: 'Cost of model calls in cents',
    labels: ['provider', 'model', 'tenant_id', 'agent_id'],
    services: ['router'],
  },
  {
    name: 'nova_llm_duration_seconds',
    type: 'histogram',
    help: 'How long answered model calls took',
    labels: ['provider', 'model', 'tenant_id'],
    services: ['router'],
  },
  {
    name: 'nova_llm_invocations_total',
    type: 'counter',
    help: 'Model calls; status is success or the code of the failure',
    labels: ['provider', 'model', 'tenant_id', 'agent_id', 'status'],
    services: ['router'],
  },
  {
    name: 'ws_active_connections',
    type: 'gauge',
    help: 'Open WebSocket connections',
    labels: [],
    services: ['realtime'],
  },
  {
    name: 'ws_backpressure_drops',
    type: 'counter',
    help: 'Events dropped because a connection did not take them fast enough',
    labels: ['policy'],
    services: ['realtime'],
  },
  {
    name: 'ws_send_errors',
    type: 'counter',
    help: 'Frames that could not be sent',
    labels: [],
    services: ['realtime'],
  },
  {
    name: 'aos_evaluations_total',
    type: 'counter',
    help: 'Evaluations that have finished',
    labels: ['status'],
    services: ['eval'],
  },
  {
    name: 'aos_evaluation_duration_seconds',
    type: 'histogram',
    help: 'From the start of an evaluation to its end',
    labels: ['status'],
    services: ['eval'],
  },
  {
    name: 'aos_usage_events_total',
    type: 'counter',
    help: 'Events metered: counted from the stream, repeated there, found late in their owner’s records, or refused',
    labels: ['source', 'outcome'],
    services: ['billing'],
  },
  {
    name: 'aos_usage_reconciled_timestamp_seconds',
    type: 'gauge',
    help: 'When the records of a source were last compared to their end by this process',
    labels: ['source'],
    services: ['billing'],
  },
];
