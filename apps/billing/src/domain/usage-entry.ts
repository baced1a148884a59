import { EVENT_DATA, cloudEvent, type Meter } from '@aos/contracts';

/** What is added to one meter. */
export interface UsageLine {
  meter: Meter;
  /** Empty: of no agent. */
  agentId: string;
  /** Empty: of no model. */
  model: string;
  quantity: number;
  costMicrocents: number;
}

/** What one event adds to its tenant's usage. It is counted once under its key. */
export interface UsageEntry {
  tenantId: string;
  /** The business identity of the event, the same however often and by whichever way it comes. */
  key: string;
  time: string;
  lines: UsageLine[];
}

/** What the contracts let callers filter by. */
const MODEL_CHARS_MAX = 200;

/** Of `llm.completed` only what is metered is read, so that a newer producer's other fields cannot spoil it. */
export const llmUsage = cloudEvent
  .pick({ tenantid: true, time: true })
  .extend({
    data: EVENT_DATA['llm.completed'].pick({
      request_id: true,
      agent_id: true,
      model: true,
      input_tokens: true,
      output_tokens: true,
      cost_microcents: true,
    }),
  })
  .transform(({ tenantid, time, data }): UsageEntry => {
    const of = { agentId: data.agent_id ?? '', model: storable(data.model), costMicrocents: 0 };
    return {
      tenantId: tenantid,
      key: `llm/${data.request_id}`,
      time,
      lines: withoutEmpty([
        { ...of, meter: 'llm_calls', quantity: 1, costMicrocents: data.cost_microcents },
        { ...of, meter: 'llm_input_tokens', quantity: data.input_tokens },
        { ...of, meter: 'llm_output_tokens', quantity: data.output_tokens },
      ]),
    };
  });

/**
 * Of `run.finished`, the same; what its model calls cost is not read: it is metered with the calls. A run that was
 * restarted ends more than once, and each end counts as a run: its `steps_finished` are only those since the restart.
 */
export const runUsage = cloudEvent
  .pick({ tenantid: true, time: true, agentid: true, runid: true, runseq: true })
  .required({ runid: true, runseq: true })
  .extend({ data: EVENT_DATA['run.finished'].pick({ steps_finished: true }) })
  .transform(({ tenantid, time, agentid, runid, runseq, data }): UsageEntry => {
    const of = { agentId: agentid ?? '', model: '', costMicrocents: 0 };
    return {
      tenantId: tenantid,
      key: `run/${runid}/${runseq}`,
      time,
      lines: withoutEmpty([
        { ...of, meter: 'runs', quantity: 1 },
        { ...of, meter: 'steps', quantity: data.steps_finished },
      ]),
    };
  });

/** Keys are unique within a tenant: no tenant can use up a key of another. */
export function identityOf({ tenantId, key }: Pick<UsageEntry, 'tenantId' | 'key'>): string {
  return `${tenantId}/${key}`;
}

/** The UTC day an entry belongs to. */
export function dayOf({ time }: UsageEntry): string {
  return new Date(time).toISOString().slice(0, 10);
}

function withoutEmpty(lines: UsageLine[]): UsageLine[] {
  return lines.filter(({ quantity }) => quantity > 0);
}

/** Postgres holds no NUL, and a filter takes no longer name. */
function storable(model: string): string {
  return model.replaceAll('\0', '').slice(0, MODEL_CHARS_MAX);
}
