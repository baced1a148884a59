import { centsOf, eventSubject, type CloudEvent, type EventData, type SPEND_PURPOSES } from '@aos/contracts';

export const SPEND_STATUSES = ['complete', 'cut', 'cancelled'] as const;

/** How the answer ended: whole, by the provider's loss, or by the caller's leaving. */
export type SpendStatus = (typeof SPEND_STATUSES)[number];

/** What one answered call of a model took: a row of llm_costs. */
export interface Spend {
  id: string;
  requestId: string;
  tenantId: string;
  /** The key that asked at the public endpoints; null: a service. */
  keyId: string | null;
  runId: string | null;
  agentId: string | null;
  purpose: (typeof SPEND_PURPOSES)[number];
  provider: string;
  model: string;
  responseModel: string;
  /** In all. */
  inputTokens: number;
  cacheReadTokens: number;
  cacheWriteTokens: number;
  outputTokens: number;
  /** Of the output; 0 where the provider does not tell. */
  reasoningTokens: number;
  costMicrocents: number;
  latencyMs: number;
  status: SpendStatus;
  /** The provider did not tell the usage: it was counted here. */
  isEstimated: boolean;
  traceparent: string;
}

/** A spend that is recorded. */
export interface RecordedSpend extends Spend {
  /** By the database's clock, in UTC to the microsecond; the time of the event. */
  createdAt: string;
}

/** The event of a spend. Made anew from the row it is the same one, so that readers know it by its id. */
export function completedEvent(spend: RecordedSpend): CloudEvent {
  const { requestId, tenantId, runId, agentId, traceparent } = spend;
  return {
    specversion: '1.0',
    id: `${requestId}-completed`,
    source: 'aos/router',
    type: 'llm.completed',
    subject: `llm/${requestId}`,
    time: spend.createdAt,
    datacontenttype: 'application/json',
    tenantid: tenantId,
    ...(agentId === null ? {} : { agentid: agentId }),
    ...(runId === null ? {} : { runid: runId }),
    ...(traceparent === '' ? {} : { traceparent }),
    data: completedData(spend),
  };
}

/** Where it is published. */
export function completedSubject({ tenantId, agentId, requestId }: Spend): string {
  const place = { tenantId, agentId: agentId ?? undefined, entity: 'llm', entityId: requestId } as const;
  return eventSubject(place, 'llm.completed');
}

/** The figures of a spend by their names on the wire. */
export function completedData(spend: Spend) {
  return {
    request_id: spend.requestId,
    key_id: spend.keyId,
    run_id: spend.runId,
    agent_id: spend.agentId,
    purpose: spend.purpose,
    provider: spend.provider,
    model: spend.model,
    response_model: spend.responseModel,
    input_tokens: spend.inputTokens,
    cache_read_tokens: spend.cacheReadTokens,
    cache_write_tokens: spend.cacheWriteTokens,
    output_tokens: spend.outputTokens,
    reasoning_tokens: spend.reasoningTokens,
    cost_microcents: spend.costMicrocents,
    cost_cents: centsOf(spend.costMicrocents),
    latency_ms: spend.latencyMs,
    status: spend.status,
    is_estimated: spend.isEstimated,
  } satisfies EventData<'llm.completed'>;
}
