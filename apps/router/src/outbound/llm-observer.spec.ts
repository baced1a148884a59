import { Registry, createLogger } from '@aos/telemetry';
import { describe, expect, it } from '@jest/globals';
import type { Spend } from '../domain/spend.ts';
import { llmObserver } from './llm-observer.ts';

const spend: Spend = {
  id: '01890a5d-ac96-774b-bcce-b302099a805a',
  requestId: '01890a5d-ac96-774b-bcce-b302099a8059',
  tenantId: 'acme',
  keyId: null,
  runId: null,
  agentId: null,
  purpose: 'judge',
  provider: 'anthropic',
  model: 'claude-sonnet-5',
  responseModel: 'claude-sonnet-5',
  inputTokens: 100,
  cacheReadTokens: 30,
  cacheWriteTokens: 20,
  outputTokens: 7,
  reasoningTokens: 0,
  costMicrocents: 2_500_000,
  latencyMs: 1_500,
  status: 'complete',
  isEstimated: false,
  traceparent: '',
};

function observing() {
  const registry = new Registry();
  const lines: string[] = [];
  const destination = { write: (line: string) => lines.push(line) };
  const observer = llmObserver(registry, createLogger({ service: 'test', level: 'info', destination }));
  const metric = async (name: string): Promise<string[]> =>
    (await registry.getSingleMetricAsString(name)).split('\n').filter((line) => !line.startsWith('#'));
  return { observer, metric, lines };
}

describe('the metrics of model calls', () => {
  it('count each token once, by its kind', async () => {
    const { observer, metric } = observing();
    observer.answered(spend);
    const who = 'provider="anthropic",model="claude-sonnet-5",tenant_id="acme",agent_id="none"';
    expect(await metric('nova_llm_tokens_total')).toEqual([
      `nova_llm_tokens_total{${who},token_type="input"} 50`,
      `nova_llm_tokens_total{${who},token_type="cache_read"} 30`,
      `nova_llm_tokens_total{${who},token_type="cache_write"} 20`,
      `nova_llm_tokens_total{${who},token_type="output"} 7`,
    ]);
    expect(await metric('nova_llm_cost_cents_total')).toEqual([`nova_llm_cost_cents_total{${who}} 2.5`]);
  });

  it('are bounded: past a hundred tenants and three hundred agents they are of others', async () => {
    const { observer, metric } = observing();
    for (let number = 0; number < 400; number += 1) {
      observer.answered({ ...spend, tenantId: `t-${number}`, agentId: `a-${number}` });
    }
    const lines = await metric('nova_llm_invocations_total');
    expect(lines).toHaveLength(301);
    expect(lines.filter((line) => line.includes('tenant_id="other"'))).toHaveLength(201);
    expect(lines.at(-1)).toMatch(/tenant_id="other",agent_id="other",status="success"\} 100$/);
    expect(await metric('nova_llm_duration_seconds')).toContain(
      'nova_llm_duration_seconds_count{provider="anthropic",model="claude-sonnet-5",tenant_id="other"} 300',
    );
  });
});

describe('the log of model calls', () => {
  it('has all figures of a spend that could not be recorded', () => {
    const { observer, lines } = observing();
    observer.spendLost(spend, new Error('a column is missing'));
    expect(JSON.parse(lines.join(''))).toMatchObject({
      level: 'error',
      tenant_id: 'acme',
      spend: { request_id: spend.requestId, cost_microcents: 2_500_000, output_tokens: 7 },
      err: { message: 'a column is missing' },
    });
  });

  it('tells whether the end of a model is over', () => {
    const { observer, lines } = observing();
    const notice = { model: 'claude-x', endOfLife: '2026-06-15', successor: 'claude-y' };
    observer.modelIsEnding({ ...notice, isOver: true });
    observer.modelIsEnding({ ...notice, isOver: false });
    const facts = { level: 'warn', model: 'claude-x', end_of_life: '2026-06-15', successor: 'claude-y' };
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { ...facts, msg: expect.stringContaining('has reached its end') },
      { ...facts, msg: expect.stringContaining('will reach its end') },
    ]);
  });
});
