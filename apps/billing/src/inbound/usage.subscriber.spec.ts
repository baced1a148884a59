import { LLM_USAGE, errorOf, fail, succeed, type StructuredOutcome } from '@aos/contracts';
import type { ConsumeOptions, DurableConsumer, Messaging } from '@aos/messaging';
import { describe, expect, it } from '@jest/globals';
import type { z } from 'zod';
import { USAGE_SOURCES } from '../application/usage-source.ts';
import { llmUsage } from '../domain/usage-entry.ts';
import { subscribeUsage } from './usage.subscriber.ts';

const EVENT = llmUsage.parse({
  tenantid: 'acme',
  time: '2026-03-10T12:00:00.000Z',
  data: {
    request_id: '0193b0a0-0000-7000-8000-000000000002',
    agent_id: null,
    model: 'm',
    input_tokens: 1,
    output_tokens: 1,
    cost_microcents: 1,
  },
});
const AWAY = fail(errorOf('unavailable', 'away'));

/** What the consumer would be answered for the event, where counting it has these outcomes. */
function deliver(outcomes: StructuredOutcome<boolean>[], draining = new AbortController().signal) {
  const told: string[] = [];
  const handlers: ConsumeOptions<z.ZodType>['handle'][] = [];
  const messaging: Pick<Messaging, 'consume'> = {
    consume: (_definition, { handle }) => {
      handlers.push((context, event) => handle(context, event as never));
      return undefined as unknown as DurableConsumer<never>;
    },
  };
  const counter = { count: async () => outcomes.shift() ?? AWAY };
  const observer = { event: (...of: string[]) => void told.push(of.join(' ')), reconciled: () => undefined };
  const source = USAGE_SOURCES.find(({ consumer }) => consumer === LLM_USAGE);
  if (source === undefined) throw new Error('no source');
  subscribeUsage({ messaging, counter, observer, draining }, source);
  const context = {
    subject: 'aos.events.v1.acme._.llm.1.llm.completed',
    id: '1',
    traceparent: '',
    sequence: 1,
    deliveries: 1,
  };
  return { answer: handlers[0]?.(context, EVENT), told };
}

describe('an event', () => {
  it('is held while the database is away, so that it does not use up its deliveries', async () => {
    const { answer, told } = deliver([AWAY, AWAY, succeed(true)]);
    expect(await answer).toEqual(succeed(true));
    expect(told).toEqual(['llm counted']);
  });

  it('is handed back when the process drains meanwhile', async () => {
    const draining = new AbortController();
    const { answer, told } = deliver([AWAY, AWAY, AWAY, AWAY], draining.signal);
    draining.abort();
    expect(await answer).toEqual(AWAY);
    expect(told).toEqual([]);
  });

  it('that can never be counted is not held', async () => {
    const refused = fail(errorOf('invalid_request', 'never'));
    expect(await deliver([refused]).answer).toEqual(refused);
  });
});
