import { describe, expect, it } from '@jest/globals';
import { dayOf, identityOf, llmUsage, runUsage } from './usage-entry.ts';

const RUN_ID = '0193b0a0-0000-7000-8000-000000000001';
const REQUEST_ID = '0193b0a0-0000-7000-8000-000000000002';
const AGENT_ID = '0193b0a0-0000-7000-8000-000000000003';

const envelope = {
  specversion: '1.0',
  id: `7-${RUN_ID}-9`,
  tenantid: 'acme',
  time: '2026-03-10T12:00:00.000Z',
};
const call = {
  request_id: REQUEST_ID,
  agent_id: AGENT_ID,
  model: 'm',
  input_tokens: 10,
  output_tokens: 5,
  cost_microcents: 7,
};
const run = { ...envelope, agentid: AGENT_ID, runid: RUN_ID, runseq: 9, data: { steps_finished: 3 } };

describe('a model call', () => {
  it('counts under its request, whatever the id of its event, and costs as a call', () => {
    const of = { agentId: AGENT_ID, model: 'm', costMicrocents: 0 };
    expect(llmUsage.parse({ ...envelope, data: call })).toEqual({
      tenantId: 'acme',
      key: `llm/${REQUEST_ID}`,
      time: envelope.time,
      lines: [
        { ...of, meter: 'llm_calls', quantity: 1, costMicrocents: 7 },
        { ...of, meter: 'llm_input_tokens', quantity: 10 },
        { ...of, meter: 'llm_output_tokens', quantity: 5 },
      ],
    });
  });

  it('of no agent, without tokens, is a call alone', () => {
    const bare = { ...call, agent_id: null, input_tokens: 0, output_tokens: 0 };
    expect(llmUsage.parse({ ...envelope, data: bare }).lines).toEqual([
      { meter: 'llm_calls', agentId: '', model: 'm', quantity: 1, costMicrocents: 7 },
    ]);
  });

  it('has a name of its model that can be stored and asked for', () => {
    const model = `a\0b${'c'.repeat(300)}`;
    const [line] = llmUsage.parse({ ...envelope, data: { ...call, model } }).lines;
    expect(line?.model).toBe(`ab${'c'.repeat(198)}`);
  });

  it.each([
    { request_id: 'x' },
    { cost_microcents: 0.5 },
    { cost_microcents: -1 },
    { input_tokens: '10' },
    { output_tokens: 2 ** 53 },
  ])('is not metered with %j', (wrong) => {
    expect(llmUsage.safeParse({ ...envelope, data: { ...call, ...wrong } }).success).toBe(false);
  });
});

describe('a run', () => {
  it('counts under its end, which a restart has anew, with the steps it finished', () => {
    const of = { agentId: AGENT_ID, model: '', costMicrocents: 0 };
    expect(runUsage.parse(run)).toEqual({
      tenantId: 'acme',
      key: `run/${RUN_ID}/9`,
      time: envelope.time,
      lines: [
        { ...of, meter: 'runs', quantity: 1 },
        { ...of, meter: 'steps', quantity: 3 },
      ],
    });
  });

  it('without steps, of no agent, is a run alone', () => {
    const { agentid: _, ...bare } = { ...run, data: { steps_finished: 0 } };
    expect(runUsage.parse(bare).lines).toEqual([
      { meter: 'runs', agentId: '', model: '', quantity: 1, costMicrocents: 0 },
    ]);
  });

  it.each([{ runid: undefined }, { runseq: undefined }, { tenantid: 'A B' }, { time: 'today' }])(
    'is not metered with %j',
    (wrong) => {
      expect(runUsage.safeParse({ ...run, ...wrong }).success).toBe(false);
    },
  );
});

describe('an entry', () => {
  it.each([
    ['2026-03-10T00:00:00Z', '2026-03-10'],
    ['2026-03-10T23:59:59.999999Z', '2026-03-10'],
    ['2024-02-29T12:00:00.000Z', '2024-02-29'],
  ])('of %s belongs to the UTC day %s', (time, day) => {
    expect(dayOf(runUsage.parse({ ...run, time }))).toBe(day);
  });

  it('is the same only within its tenant', () => {
    const identities = ['acme', 'globex'].map((tenantid) => identityOf(runUsage.parse({ ...run, tenantid })));
    expect(new Set(identities).size).toBe(2);
  });
});
