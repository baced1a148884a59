import { EVENT_DATA, cloudEvent } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import { completedEvent, completedSubject, type RecordedSpend } from './spend.ts';

const RUN = '01890a5d-ac96-774b-bcce-b302099a8057';
const AGENT = '01890a5d-ac96-774b-bcce-b302099a8058';
const REQUEST = '01890a5d-ac96-774b-bcce-b302099a8059';

const spend: RecordedSpend = {
  id: '01890a5d-ac96-774b-bcce-b302099a805a',
  requestId: REQUEST,
  tenantId: 'acme',
  keyId: null,
  runId: RUN,
  agentId: AGENT,
  purpose: 'planning',
  provider: 'anthropic',
  model: 'claude-sonnet-5',
  responseModel: 'claude-sonnet-5',
  inputTokens: 10,
  cacheReadTokens: 3,
  cacheWriteTokens: 2,
  outputTokens: 4,
  reasoningTokens: 0,
  costMicrocents: 1_500_000,
  latencyMs: 12,
  status: 'complete',
  isEstimated: false,
  traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
  createdAt: '2026-11-20T10:00:00.123456Z',
};

describe('llm.completed', () => {
  it('keeps the contracts, with the ids of run and agent', () => {
    const event = completedEvent(spend);
    expect(cloudEvent.parse(event)).toEqual(event);
    expect(EVENT_DATA['llm.completed'].parse(event.data)).toEqual(event.data);
    expect(event).toMatchObject({
      id: `${REQUEST}-completed`,
      source: 'aos/router',
      subject: `llm/${REQUEST}`,
      time: spend.createdAt,
      runid: RUN,
      agentid: AGENT,
      traceparent: spend.traceparent,
      data: { request_id: REQUEST, input_tokens: 10, cost_cents: 1.5 },
    });
    expect(completedSubject(spend)).toBe(`aos.events.v1.acme.${AGENT}.llm.${REQUEST}.llm.completed`);
  });

  it('has none where none are known', () => {
    const event = completedEvent({ ...spend, runId: null, agentId: null, traceparent: '' });
    expect(Object.keys(event)).not.toEqual(expect.arrayContaining(['runid']));
    expect(event).not.toHaveProperty('agentid');
    expect(event).not.toHaveProperty('traceparent');
    expect(event.data).toMatchObject({ run_id: null, agent_id: null });
    expect(completedSubject({ ...spend, agentId: null })).toBe(
      `aos.events.v1.acme._.llm.${REQUEST}.llm.completed`,
    );
  });
});
