import {
  eventSubject,
  llmExport,
  runsExportFinished,
  succeed,
  type CloudEvent,
  type ExportInput,
  type ExportOutput,
  type StructuredOutcome,
} from '@aos/contracts';
import { connectMessaging, type Messaging } from '@aos/messaging';
import { createLogger } from '@aos/telemetry';
import { v7 } from 'uuid';
import type { SourceName } from '../src/application/ports.ts';

type Export = (input: ExportInput) => Promise<StructuredOutcome<ExportOutput>>;

const nothing: Export = async () => succeed({ events: [], next_cursor: null });

/** Router and orchestrator, as far as billing knows them. */
export interface Owners {
  /** What was asked for of their records, in order. */
  asked: Record<SourceName, ExportInput[]>;
  /** Replaces what is answered from now on; at first nothing is on record. */
  answerWith(source: SourceName, answer: Export): void;
  publish(events: readonly CloudEvent[], change?: { subjectTenant?: string; id?: string }): Promise<void>;
  close(): Promise<void>;
}

/** Stand-ins on a real NATS, with the rights of those they stand for. */
export async function startOwners(nats: { urlFor(user: string): string }): Promise<Owners> {
  const logger = createLogger({ service: 'owner', level: 'silent' });
  const join = (service: string): Promise<Messaging> =>
    connectMessaging({ url: nats.urlFor(service), service, logger });
  const owners = { llm: await join('router'), run: await join('orchestrator') };
  const asked: Owners['asked'] = { llm: [], run: [] };
  const answers: Record<SourceName, Export> = { llm: nothing, run: nothing };
  const answer = (source: SourceName) => (_context: unknown, input: ExportInput) => {
    asked[source].push(input);
    return answers[source](input);
  };
  owners.llm.answerAnonymous(llmExport, answer('llm'));
  owners.run.answerAnonymous(runsExportFinished, answer('run'));
  return {
    asked,
    answerWith: (source, next) => {
      answers[source] = next;
    },
    publish: async (events, { subjectTenant, id } = {}) => {
      for (const [source, owner] of Object.entries(owners)) {
        const own = events.filter(({ type }) => type.startsWith(source));
        await owner.publishEvents(
          own.map((event) => ({
            subject: subjectOf(event, subjectTenant),
            id: id ?? event.id,
            payload: JSON.stringify(event),
          })),
        );
      }
    },
    close: async () => {
      await Promise.all([owners.llm.drain(), owners.run.drain()]);
    },
  };
}

function subjectOf(event: CloudEvent, tenantId = event.tenantid): string {
  const [entity = '', entityId = ''] = event.subject.split('/');
  const place = { tenantId, agentId: event.agentid, entityId };
  return entity === 'llm'
    ? eventSubject({ ...place, entity: 'llm' }, 'llm.completed')
    : eventSubject({ ...place, entity: 'run' }, 'run.finished');
}

interface Facts {
  tenantId: string;
  agentId?: string;
  time?: string;
}

export const DAY = '2026-03-10';

const envelope = ({ tenantId, agentId, time = `${DAY}T12:00:00.000Z` }: Facts) => ({
  specversion: '1.0' as const,
  time,
  datacontenttype: 'application/json' as const,
  tenantid: tenantId,
  ...(agentId === undefined ? {} : { agentid: agentId }),
});

/** A model call of 10 tokens in, 5 out, 700 micro-cents, unless said otherwise. */
export function llmCompleted(facts: Facts, data: Record<string, string | number> = {}): CloudEvent {
  const requestId = v7();
  return {
    ...envelope(facts),
    id: `${requestId}-completed`,
    source: 'aos/router',
    type: 'llm.completed',
    subject: `llm/${requestId}`,
    data: {
      request_id: requestId,
      run_id: null,
      agent_id: facts.agentId ?? null,
      purpose: 'skill',
      provider: 'anthropic',
      model: 'claude-sonnet-5',
      response_model: 'claude-sonnet-5',
      input_tokens: 10,
      cache_read_tokens: 0,
      cache_write_tokens: 0,
      output_tokens: 5,
      cost_microcents: 700,
      cost_cents: 0.0007,
      latency_ms: 1,
      ...data,
    },
  };
}

/** A run of 3 steps; its cost is not to be counted. */
export function runFinished(facts: Facts & { agentId: string }, runSeq = 9): CloudEvent {
  const runId = v7();
  return {
    ...envelope(facts),
    id: `1-${runId}-${runSeq}`,
    source: 'aos/orchestrator',
    type: 'run.finished',
    subject: `run/${runId}`,
    runid: runId,
    runseq: runSeq,
    data: {
      status: 'succeeded',
      output: null,
      error: null,
      cost_microcents: 700,
      cost_cents: 0.0007,
      steps_finished: 3,
    },
  };
}

export const many = <T>(count: number, make: (index: number) => T): T[] =>
  Array.from({ length: count }, (_, index) => make(index));
