/** Who acts for which tenant. */
export interface Actor {
  /** `key:<id>` or `service:<name>` */
  id: string;
  /** 1 viewer … 5 owner */
  level: number;
  /** Of the platform, not of one tenant: may do what concerns all tenants. */
  isForAllTenants?: boolean;
}

/** The first argument of every use case: what is true of the request beside its body. */
export interface RequestContext {
  tenantId: string;
  actor: Actor;
  requestId: string;
  /** Epoch milliseconds after which nobody waits for the answer. */
  deadlineMs: number;
  /** W3C trace context. */
  traceparent: string;
  idempotencyKey?: string | undefined;
  /** Aborted when the caller has gone or the process drains. */
  signal: AbortSignal;
}

/** The headers in which the context travels over NATS. */
export const HEADERS = {
  tenant: 'Aos-Tenant',
  actor: 'Aos-Actor',
  level: 'Aos-Level',
  /** `platform`: the actor may act for every tenant. */
  scope: 'Aos-Scope',
  requestId: 'Aos-Request-Id',
  deadline: 'Aos-Deadline',
  idempotencyKey: 'Aos-Idempotency-Key',
  traceparent: 'traceparent',
  /** `working` on an interim reply: the request is being worked on, wait on. */
  status: 'Aos-Status',
} as const;

/** How often a long request says that it is being worked on. */
export const WORKING_INTERVAL_MS = 2_000;

/** NATS payloads above this go by artifact reference. */
export const PAYLOAD_BYTES_MAX = 512 * 1024;

/** Outputs above this are kept as artifacts: journal rows and events carry only where. */
export const EVENT_PAYLOAD_BYTES_MAX = 32 * 1024;
