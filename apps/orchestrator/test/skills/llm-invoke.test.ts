import { describe, expect, it } from '@jest/globals';
import { errorOf, fail, succeed } from '@aos/contracts';
import type { JsonObject, Skill, SkillCall, Spend } from '../../src/domain/skill/skill.ts';
import { completion, modelsAnswering } from '../planner/planner-kit.ts';
import { call, openSkill } from './skill-harness.ts';

type Answer = Parameters<typeof modelsAnswering>[0];

async function ask(answer: Answer, params: JsonObject = { prompt: 'why?' }, more: Partial<SkillCall> = {}) {
  const models = modelsAnswering(answer);
  const skill: Skill = await openSkill('llm_invoke', {}, { models });
  const charged: Spend[] = [];
  const outcome = await call(skill, params, { charge: (spend) => charged.push(spend), ...more });
  return { outcome, charged, asked: models.calls[0] };
}

const SPEND = { costMicrocents: 400, inputTokens: 100, outputTokens: 10 };
const text = succeed(completion(null, { content: 'because' }));

describe('llm_invoke', () => {
  it('asks the router for its run, under the key of the step, and charges what it cost', async () => {
    const params = { prompt: 'why?', system: 'be brief', model: 'claude-y', temperature: 0.5 };
    const { outcome, charged, asked } = await ask(text, params, {
      runId: 'r',
      agentId: 'a',
      timeoutMs: 7_000,
    });
    expect(outcome).toEqual({
      ok: true,
      value: {
        output: {
          text: 'because',
          json: null,
          model: 'claude-x-2026',
          stop_reason: 'end_turn',
          input_tokens: 100,
          output_tokens: 10,
        },
      },
    });
    expect(charged.reduce((sum, { costMicrocents }) => sum + costMicrocents, 0)).toBe(400);
    expect(charged).toContainEqual(SPEND);
    expect(asked).toMatchObject({
      tenantId: 'acme',
      idempotencyKey: 'key-1',
      timeoutMs: 7_000,
      request: {
        purpose: 'skill',
        run_id: 'r',
        agent_id: 'a',
        max_tokens: 1_024,
        messages: [{ role: 'user', content: 'why?' }],
        system: 'be brief',
        model: 'claude-y',
        temperature: 0.5,
        max_cost_microcents: 1_000_000_000,
      },
    });
    expect(asked?.request).not.toHaveProperty('response_schema');
  });

  it.each([
    { cap: 3, budgetMicrocents: 5_000_000, most: 3_000_000 },
    { cap: 9, budgetMicrocents: 5_000_000, most: 5_000_000 },
    { cap: undefined, budgetMicrocents: 5_000_000, most: 5_000_000 },
    { cap: 9, budgetMicrocents: -1, most: 0 },
  ])(
    'may cost at most $most with a cap of $cap and $budgetMicrocents left',
    async ({ cap, budgetMicrocents, most }) => {
      const params = { prompt: 'why?', ...(cap !== undefined && { max_cost_cents: cap }) };
      const { asked } = await ask(text, params, { budgetMicrocents });
      expect(asked?.request.max_cost_microcents).toBe(most);
    },
  );

  it('gives the object that was asked for, as text too', async () => {
    const schema = { type: 'object', properties: { city: { type: 'string' } } };
    const found = succeed(completion({ city: 'Rome' }));
    const { outcome, asked } = await ask(found, { prompt: 'where?', schema });
    expect(outcome).toMatchObject({ value: { output: { json: { city: 'Rome' }, text: '{"city":"Rome"}' } } });
    expect(asked?.request.response_schema).toEqual(schema);
  });

  it('fails without the object that was asked for, and charges the answer all the same', async () => {
    const { outcome, charged } = await ask(text, { prompt: 'where?', schema: { type: 'object' } });
    expect(outcome).toMatchObject({ ok: false, error: { code: 'skill_failed', retryable: false } });
    expect(charged).toEqual([SPEND]);
  });

  it.each([
    { what: 'of a lost process', chargedMicrocents: 0, times: 1 },
    { what: 'of an attempt that is in the journal', chargedMicrocents: 400, times: 0 },
  ])('charges the repeated answer $what $times times', async ({ chargedMicrocents, times }) => {
    const again = succeed(completion(null, { content: 'because', replayed: true }));
    const { charged } = await ask(again, undefined, { chargedMicrocents });
    expect(charged.filter(({ costMicrocents }) => costMicrocents > 0)).toHaveLength(times);
  });

  it('passes on why the router refused, and charges nothing', async () => {
    const late = errorOf('rate_limited', 'later', { retryAfterMs: 2_000 });
    const { outcome, charged } = await ask(fail(late));
    expect(outcome).toEqual(fail(late));
    expect(charged).toEqual([]);
    const dear = errorOf('budget_exceeded', 'the call may cost 9 cents');
    expect((await ask(fail(dear))).outcome).toMatchObject({
      error: { code: 'budget_exceeded', retryable: false },
    });
  });

  it('refuses params that do not fit before anything is paid', async () => {
    const { outcome, asked } = await ask(text, { prompt: '', max_tokens: 0 });
    expect(outcome).toMatchObject({ error: { code: 'invalid_params' } });
    expect(asked).toBeUndefined();
  });

  it('is announced before it is called, and may be repeated under its key', async () => {
    const skill = await openSkill('llm_invoke');
    expect(skill.hasSideEffects({})).toBe(true);
    expect(skill.isIdempotent({})).toBe(true);
  });
});
