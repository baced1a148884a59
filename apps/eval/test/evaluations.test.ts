import { errorOf, evaluationsGet, evaluationsStart } from '@aos/contracts';
import { waitUntil } from '@aos/testing';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { Surroundings, golden, newTenant, type RunningEval } from './surroundings.ts';

let world: Surroundings;
let service: RunningEval;

beforeAll(async () => {
  world = await Surroundings.start();
  service = await world.startEval();
});
beforeEach(() => {
  world.orchestrator.fateOf = () => ({ output: 42 });
  world.orchestrator.isTelling = true;
});
afterEach(() => {
  world.orchestrator.submits.length = 0;
});
afterAll(async () => {
  await world.stop();
});

describe('an evaluation', () => {
  it('is answered at once with its tasks pending, and passes when every run is as expected', async () => {
    world.orchestrator.fateOf = () => ({ output: 42, costMicrocents: 1_500_000 });
    const started = await world.evaluate(newTenant(), golden('a'), golden('b'));
    expect(started).toMatchObject({
      status: 'running',
      score: 0,
      suite_version: 1,
      task_count: 2,
      finished_at: null,
      tasks: [
        { task: 'a', status: 'pending', run_id: null },
        { task: 'b', status: 'pending' },
      ],
    });
    const finished = await world.finished(started);
    expect(finished).toMatchObject({
      status: 'passed',
      score: 1,
      tasks_passed: 2,
      tasks_failed: 0,
      cost_microcents: 3_000_000,
      cost_cents: 3,
      tasks: [{ status: 'passed', latency_ms: 40, error: null }, { status: 'passed' }],
    });
    const [run] = world.orchestrator.runsOf('a');
    expect(finished.tasks[0]).toMatchObject({
      run_id: run?.run_id,
      assertions: [{ path: '/outcome/output', op: 'equals', passed: true, expected: 42, actual: 42 }],
    });
  });

  it('hands each task as it stands to an agent of the tenant that lets enough runs go on at once', async () => {
    const plan = [{ step_id: 's', skill: 'json_transform', params: { query: '1' } }];
    const [first, second] = [newTenant(), newTenant()];
    const task = golden('a', 42, { goal: 'sum it up', plan, context: { order: [1, 2] } });
    const evaluation = await world.finished(await world.evaluate(first, task));
    await world.finished(await world.evaluate(first, golden('b')));
    await world.finished(await world.evaluate(second, golden('c')));
    const [a, b, c] = world.orchestrator.submits;
    expect(a).toMatchObject({
      goal: 'sum it up',
      plan,
      context: { order: [1, 2] },
      labels: { evaluation_id: evaluation.evaluation_id, task: 'a' },
      idempotency_key: `eval:${evaluation.evaluation_id}:a`,
    });
    expect(b?.agent_id).toBe(a?.agent_id);
    expect(c?.agent_id).not.toBe(a?.agent_id);
    const agent = world.orchestrator.agents.get(a?.agent_id ?? '');
    expect(agent).toEqual({ tenantId: first, maxConcurrentRuns: 100 });
  });

  it('fails when an assertion does not hold, and says which and why', async () => {
    world.orchestrator.fateOf = ({ goal }) => ({ output: goal === 'do bad' ? 41 : 42 });
    const finished = await world.finished(await world.evaluate(newTenant(), golden('good'), golden('bad')));
    expect(finished).toMatchObject({
      status: 'failed',
      score: 0.5,
      tasks_passed: 1,
      tasks_failed: 1,
      tasks: [
        { status: 'passed' },
        {
          status: 'failed',
          error: null,
          assertions: [
            { passed: false, expected: 42, actual: 41, message: '/outcome/output is 41, expected 42' },
          ],
        },
      ],
    });
  });

  it('runs no more at once than is set, and all in the end', async () => {
    world.orchestrator.fateOf = () => 'runs on';
    const names = ['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `limited-${name}`);
    const started = await world.evaluate(newTenant(), ...names.map((name) => golden(name)));
    const open = () =>
      names.flatMap((name) => world.orchestrator.runsOf(name)).filter((run) => run.finished_at === null);
    await waitUntil(() => open().length === 4, { what: 'four run' });
    for (let ended = 0; ended < 6; ended += 1) {
      const [run] = await waitUntil(() => (open().length > 0 ? open() : undefined), { what: 'one runs' });
      expect(open().length).toBeLessThanOrEqual(4);
      await world.orchestrator.end(run?.run_id ?? '', 42);
    }
    expect(await world.finished(started)).toMatchObject({ status: 'passed', score: 1 });
  });

  it('runs only the tasks that are asked for', async () => {
    const tenantId = newTenant();
    const { suite } = await world.evaluate(tenantId, golden('a'), golden('b'), golden('c'));
    const some = await world.must(evaluationsStart, tenantId, { suite, tasks: ['c', 'a'] });
    expect(some.tasks.map(({ task }) => task)).toEqual(['a', 'c']);
    const none = await world.ask(evaluationsStart, tenantId, { suite, tasks: ['a', 'z'] });
    expect(none).toMatchObject({
      ok: false,
      error: { code: 'invalid_request', details: { issues: [{ field: '/tasks/1' }] } },
    });
    expect(none.ok ? '' : none.error.message).toContain('there are: a, b, c');
  });

  it('of a suite that is not there, or one that is not there itself, is not found', async () => {
    const tenantId = newTenant();
    const unknown = { ok: false, error: { code: 'not_found' } };
    expect(await world.ask(evaluationsStart, tenantId, { suite: 'nowhere' })).toMatchObject(unknown);
    const id = '0193b0a0-0000-7000-8000-000000000001';
    expect(await world.ask(evaluationsGet, tenantId, { evaluation_id: id })).toMatchObject(unknown);
  });
});

describe('a run', () => {
  it('that is refused is an error of its task, with the reason', async () => {
    world.orchestrator.fateOf = ({ goal }) =>
      goal === 'do dear' ? errorOf('budget_exceeded', 'the budget is used up') : { output: 42 };
    const finished = await world.finished(await world.evaluate(newTenant(), golden('dear'), golden('cheap')));
    expect(finished).toMatchObject({
      status: 'failed',
      tasks: [
        {
          status: 'error',
          run_id: null,
          error: 'the goal was refused: budget_exceeded: the budget is used up',
        },
        { status: 'passed' },
      ],
    });
  });

  it('that is refused for the moment is tried again under the same key', async () => {
    let refusals = 2;
    world.orchestrator.fateOf = () => {
      refusals -= 1;
      return refusals >= 0
        ? errorOf('too_many_open_runs', 'wait for one to end', { retryAfterMs: 10 })
        : { output: 42 };
    };
    expect(await world.finished(await world.evaluate(newTenant(), golden('a')))).toMatchObject({
      status: 'passed',
    });
    const keys = world.orchestrator.submits.map((goal) => goal.idempotency_key);
    expect(keys).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
  });

  it('that does not end in time is cancelled and an error, with what it has cost', async () => {
    world.orchestrator.fateOf = () => 'runs on';
    const started = await world.evaluate(newTenant(), golden('slow', 42, { timeout_seconds: 1 }));
    const finished = await world.finished(started);
    const [run] = world.orchestrator.runsOf('slow');
    expect(finished.tasks).toMatchObject([
      {
        status: 'error',
        run_id: run?.run_id,
        error: 'the run did not end within 1 s and was cancelled',
        latency_ms: 1000,
      },
    ]);
    expect(world.orchestrator.cancelled).toContain(run?.run_id);
  });

  it('whose end no event tells is found by looking', async () => {
    world.orchestrator.isTelling = false;
    const finished = await world.finished(await world.evaluate(newTenant(), golden('silent')));
    expect(finished.status).toBe('passed');
  });

  it('whose end an event tells is judged then, not at the next look', async () => {
    world.orchestrator.fateOf = () => 'runs on';
    const started = await world.evaluate(newTenant(), golden('awaited'));
    const run = await world.orchestrator.running('awaited');
    const postpone = `update eval.evaluation_tasks set next_at = now() + interval '1 hour' where run_id = $1`;
    await waitUntil(async () => (await world.admin.query(postpone, [run.run_id])).rowCount === 1, {
      what: 'its submit is noted',
    });
    await world.orchestrator.end(run.run_id, 42);
    expect(await world.finished(started)).toMatchObject({ status: 'passed' });
  });

  it('of somebody else that ends is nobody’s task, and is not looked at', async () => {
    const foreign = '0193b0a0-0000-7000-8000-00000000000a';
    await world.orchestrator.tell(foreign);
    const started = await world.evaluate(newTenant(), golden('a'));
    expect(await world.finished(started)).toMatchObject({ status: 'passed' });
    expect(world.orchestrator.looks).not.toContain(foreign);
  });

  it('that was lost is an error of its task', async () => {
    world.orchestrator.fateOf = () => 'runs on';
    const started = await world.evaluate(newTenant(), golden('lost'));
    const run = await world.orchestrator.running('lost');
    world.orchestrator.runs.delete(run.run_id);
    const finished = await world.finished(started);
    expect(finished.tasks[0]).toMatchObject({
      status: 'error',
      error: expect.stringContaining('cannot be read'),
    });
  });
});

describe('the eval agent', () => {
  it('is made anew where it was deleted', async () => {
    const tenantId = newTenant();
    await world.finished(await world.evaluate(tenantId, golden('a')));
    const before = agentsOf(tenantId);
    for (const agentId of before) world.orchestrator.agents.delete(agentId);
    const finished = await world.finished(await world.evaluate(tenantId, golden('a'), golden('b')));
    expect(finished.status).toBe('passed');
    expect(agentsOf(tenantId)).toHaveLength(1);
    expect(agentsOf(tenantId)).not.toEqual(before);
  });

  it('is one, however many evaluations start at once', async () => {
    const tenantId = newTenant();
    const started = await Promise.all([
      world.evaluate(tenantId, golden('a'), golden('b')),
      world.evaluate(tenantId, golden('a'), golden('b')),
    ]);
    await Promise.all(started.map((evaluation) => world.finished(evaluation)));
    expect(agentsOf(tenantId)).toHaveLength(1);
  });
});

describe('that an evaluation has finished', () => {
  it('is told once, also where the end of its run is told several times', async () => {
    const before = await service.metric('aos_evaluations_total{status="passed"}');
    world.orchestrator.fateOf = () => 'runs on';
    const started = await world.evaluate(newTenant(), golden('told'));
    const run = await world.orchestrator.running('told');
    const { run_id: runId } = run;
    await world.orchestrator.end(runId, 42, 5);
    await world.orchestrator.tell(runId, '-b');
    await world.orchestrator.tell(runId, '-c');
    const finished = await world.finished(started);
    await waitUntil(() => world.eventsOf(started).length > 0, { what: 'the event' });
    // What comes after it in the stream has come after its repeats.
    const next = await world.evaluate(newTenant(), golden('next'));
    const other = await world.orchestrator.running('next');
    await world.orchestrator.end(other.run_id, 42);
    await waitUntil(() => world.eventsOf(next).length > 0, { what: 'the next event' });
    expect(world.eventsOf(started)).toEqual([
      {
        specversion: '1.0',
        id: `${started.evaluation_id}-finished`,
        source: 'aos/eval',
        type: 'evaluation.finished',
        subject: `evaluation/${started.evaluation_id}`,
        time: finished.finished_at,
        datacontenttype: 'application/json',
        tenantid: started.tenant_id,
        traceparent: expect.stringMatching(/^00-/),
        data: {
          evaluation_id: started.evaluation_id,
          suite: started.suite,
          status: 'passed',
          score: 1,
          tasks_passed: 1,
          tasks_failed: 0,
          cost_microcents: 5,
        },
      },
    ]);
    const outbox = async () => (await world.admin.query('select from eval.outbox')).rowCount;
    await waitUntil(async () => (await outbox()) === 0, { what: 'nothing is left to be told' });
    expect(await service.metric('aos_evaluations_total{status="passed"}')).toBe(before + 2);
    expect(
      await service.metric('aos_evaluation_duration_seconds_count{status="passed"}'),
    ).toBeGreaterThanOrEqual(2);
  });
});

function agentsOf(tenantId: string): string[] {
  const agents = [...world.orchestrator.agents].filter(([, agent]) => agent.tenantId === tenantId);
  return agents.map(([agentId]) => agentId);
}
