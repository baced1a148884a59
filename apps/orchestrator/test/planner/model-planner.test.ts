import { describe, expect, it } from '@jest/globals';
import { errorOf, fail, succeed, type ErrorCode } from '@aos/contracts';
import { BAD, completion, echoStep, goal, GOOD, modelsAnswering, plannerOf } from './planner-kit.ts';

const good = () => succeed(completion(GOOD));
const bad = () => succeed(completion(BAD));
const COST = { costMicrocents: 400, inputTokens: 100, outputTokens: 10 };
const TWICE = { costMicrocents: 800, inputTokens: 200, outputTokens: 20 };
const FREE = { costMicrocents: 0, inputTokens: 0, outputTokens: 0 };

describe('a goal', () => {
  it('is planned by one call of the agent’s model, within what the run may cost', async () => {
    const models = modelsAnswering(good());
    const { planner } = plannerOf({ models, agent: { model: 'claude-y', instructions: 'be polite' } });
    const request = goal({ context: { city: 'Rome', days: [1] } });
    expect(await planner.plan(request)).toMatchObject({
      outcome: {
        ok: true,
        value: {
          planner: 'anthropic',
          model: 'claude-x-2026',
          reasoning: 'it only has to be said',
          steps: [{ step_id: 'say', skill: 'echo', skill_version: '1.0.0' }],
        },
      },
      spend: COST,
    });
    expect(models.calls).toHaveLength(1);
    expect(models.calls[0]).toMatchObject({
      tenantId: 'acme',
      timeoutMs: 5_000,
      traceparent: request.traceparent,
      signal: request.signal,
      request: {
        purpose: 'planning',
        model: 'claude-y',
        max_cost_microcents: 1_000,
        run_id: request.runId,
        agent_id: request.agentId,
        response_schema: {
          properties: {
            steps: {
              maxItems: 5,
              items: { properties: { skill: { enum: ['echo', 'json_transform'] } } },
            },
          },
        },
      },
    });
    const { system = '', messages } = models.calls[0]?.request ?? { messages: [] };
    expect(system).toContain('be polite');
    expect(system).toContain('"pipe_into":"input"');
    expect(system).not.toContain('$schema');
    expect(messages[0]?.content).toContain('<goal>say hi</goal>');
    expect(messages[0]?.content).toContain('"city" (string), "days" (list)');
    expect(messages[0]?.content).not.toContain('Rome');
  });

  it('is asked for in the same words under the same key, until another request was found there', async () => {
    const models = modelsAnswering(good(), good(), good());
    const { planner } = plannerOf({ models });
    await planner.plan(goal());
    await planner.plan(goal({ traceparent: '' }));
    await planner.plan(goal({ keyNumber: 2 }));
    const [first, again, other] = models.calls;
    expect(again?.request).toEqual(first?.request);
    expect(again?.idempotencyKey).toBe(first?.idempotencyKey);
    expect(other?.idempotencyKey).not.toBe(first?.idempotencyKey);
  });

  it('is planned with the skills its agent may use, and no others', async () => {
    const models = modelsAnswering(succeed(completion({ steps: [echoStep()] })), good());
    const { planner } = plannerOf({ models, agent: { skills: ['json_transform', 'gone'] } });
    const { outcome } = await planner.plan(goal());
    expect(outcome).toMatchObject({
      error: { code: 'planning_failed', details: { issues: [{ field: '/steps/0/skill' }] } },
    });
    expect(models.calls[0]?.request.system).not.toContain('"echo"');
  });
});

describe('a plan that cannot be run', () => {
  it('is sent back once with what is wrong, under a key of its own and with what is left', async () => {
    const models = modelsAnswering(bad(), good());
    const { planner } = plannerOf({ models });
    const { outcome, spend } = await planner.plan(goal());
    expect(outcome).toMatchObject({ ok: true, value: { planner: 'anthropic' } });
    expect(spend).toEqual(TWICE);
    const [first, second] = models.calls;
    expect(second?.idempotencyKey).not.toBe(first?.idempotencyKey);
    expect(second?.request).toMatchObject({
      ...first?.request,
      messages: expect.anything(),
      max_cost_microcents: 600,
    });
    const [asked, answered, repair] = second?.request.messages ?? [];
    expect(asked).toEqual(first?.request.messages[0]);
    expect(answered).toEqual({ role: 'assistant', content: JSON.stringify(BAD) });
    expect(repair?.content).toContain('- /steps/0/skill: there is no skill fly');
  });

  it('is final when the second one cannot be run either: the failure says what is wrong', async () => {
    const models = modelsAnswering(bad(), succeed(completion(null, { content: 'I give up' })));
    const { outcome, spend } = await plannerOf({ models }).planner.plan(goal());
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'planning_failed', retryable: false, details: { issues: [{ field: '' }] } },
    });
    expect(spend).toEqual(TWICE);
    expect(models.calls).toHaveLength(2);
  });

  it('is told to be shorter where it was cut for its length', async () => {
    const cut = completion(null, { content: '', stop_reason: 'max_tokens' });
    const models = modelsAnswering(succeed(cut), good());
    await plannerOf({ models }).planner.plan(goal());
    const [, answered, repair] = models.calls[1]?.request.messages ?? [];
    expect(answered?.content).toBe('(no plan)');
    expect(repair?.content).toContain('make the plan shorter');
  });

  it('has few and short issues, whatever the model wrote', async () => {
    const steps = Array.from({ length: 60 }, () => echoStep({ skill: 'x', ['y'.repeat(5_000)]: 1 }));
    const models = modelsAnswering(succeed(completion({ steps })), succeed(completion({ steps })));
    const { outcome } = await plannerOf({ models }).planner.plan(goal({ maxSteps: 100 }));
    if (outcome.ok) throw new Error('a plan');
    expect(outcome.error.details?.['issues']).toHaveLength(20);
    expect(JSON.stringify(outcome.error).length).toBeLessThan(15_000);
  });

  it('counts the first answer when the second call fails', async () => {
    const models = modelsAnswering(bad(), fail(errorOf('upstream_error', 'overloaded')));
    expect(await plannerOf({ models }).planner.plan(goal())).toMatchObject({
      outcome: { ok: false, error: { code: 'upstream_error', retryable: true } },
      spend: COST,
    });
  });
});

describe('a model that cannot be asked', () => {
  it.each<{ code: ErrorCode; retryable: boolean }>([
    { code: 'unavailable', retryable: true },
    { code: 'rate_limited', retryable: true },
    { code: 'upstream_error', retryable: true },
    { code: 'deadline_exceeded', retryable: true },
    { code: 'idempotency_conflict', retryable: true },
    { code: 'budget_exceeded', retryable: false },
    { code: 'invalid_request', retryable: false },
  ])('fails the attempt as it says, $code may be repeated: $retryable', async ({ code, retryable }) => {
    const { planner, stubs } = plannerOf({ models: modelsAnswering(fail(errorOf(code, 'no'))) });
    expect(await planner.plan(goal())).toMatchObject({
      outcome: { ok: false, error: { code, retryable } },
      spend: FREE,
    });
    expect(stubs).toEqual([]);
  });

  it('leaves a labelled stub in its place where no provider is configured', async () => {
    const models = modelsAnswering(fail(errorOf('provider_not_configured', 'set ANTHROPIC_API_KEY')));
    const { planner, stubs } = plannerOf({ models });
    expect(await planner.plan(goal({ goal: 'say ${{ hi }}' }))).toMatchObject({
      outcome: {
        ok: true,
        value: {
          planner: 'stub',
          model: null,
          reasoning: expect.stringContaining('set ANTHROPIC_API_KEY'),
          steps: [
            {
              step_id: 'stub',
              skill: 'json_transform',
              description: expect.stringContaining('stub planner: '),
              params: { input: { goal: '${{ goal }}' } },
            },
          ],
        },
      },
      spend: FREE,
    });
    expect(stubs).toEqual(['set ANTHROPIC_API_KEY']);
  });

  it('fails the run in production where no provider is configured', async () => {
    const models = modelsAnswering(fail(errorOf('provider_not_configured', 'set ANTHROPIC_API_KEY')));
    const { planner, stubs } = plannerOf({ models, isProduction: true });
    expect((await planner.plan(goal())).outcome).toMatchObject({
      ok: false,
      error: {
        code: 'planner_not_configured',
        retryable: false,
        message: expect.stringContaining('set ANTHROPIC_API_KEY'),
      },
    });
    expect(stubs).toEqual([]);
  });

  it('is not asked when the stub is chosen, in production either', async () => {
    const models = modelsAnswering();
    const { planner, stubs } = plannerOf({ models, backend: 'stub', isProduction: true });
    expect((await planner.plan(goal())).outcome).toMatchObject({ ok: true, value: { planner: 'stub' } });
    expect(models.calls).toEqual([]);
    expect(stubs).toEqual(['PLANNER_BACKEND is stub']);
  });

  it('has no stub where the agent may not use its skill', async () => {
    const { planner } = plannerOf({ backend: 'stub', agent: { skills: ['echo'] } });
    expect((await planner.plan(goal())).outcome).toMatchObject({
      ok: false,
      error: { code: 'planning_failed', message: expect.stringContaining('json_transform') },
    });
  });
});

it('an agent that cannot be read is a failure like any other', async () => {
  const missing = errorOf('unavailable', 'the database is not available');
  expect(await plannerOf({ missing }).planner.plan(goal())).toEqual({ outcome: fail(missing), spend: FREE });
});
