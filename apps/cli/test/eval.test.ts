import { errorOf } from '@aos/contracts';
import type { CannedResponse } from '@aos/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import {
  BAD,
  BROKEN,
  EVALUATION_ID,
  EvalWorld,
  evaluationOf,
  json,
  pending,
  refused,
  task,
} from './eval-world.ts';
import { RUN_ID } from './samples.ts';

let world: EvalWorld;

beforeAll(async () => {
  world = await EvalWorld.start();
});
beforeEach(() => {
  world.api.requests.splice(0);
});
afterAll(async () => {
  await world.stop();
});

describe('aos eval run', () => {
  it('runs a known suite, tells what happens, and ends with 0 when all pass', async () => {
    const running = evaluationOf([pending('faq'), task('lead', { status: 'running' })], {
      status: 'running',
    });
    world.evaluates(running, evaluationOf([task('faq'), task('lead')]));
    const { exitCode, out, err } = await world.run();
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(world.posted('/evaluations')[0]).toEqual({ suite: 'shop' });
    const lines = out.split('\n');
    expect(lines.slice(0, 4)).toEqual([
      `evaluation ${EVALUATION_ID}`,
      'lead  running',
      'faq  passed  1.2 s',
      'lead  passed  1.2 s',
    ]);
    expect(out).toMatch(/^TASK +STATUS +TOOK +COST +RESULT$/m);
    expect(out).toMatch(/^faq +passed +1\.2 s +0\.25 cents +1 of 1 assertions hold$/m);
    expect(out).toMatch(/^suite +shop, version 2$/m);
    expect(out).toMatch(/^cost +0\.5 cents$/m);
    expect(out).toMatch(/^gate +passed$/m);
  });

  it('ends with 1 when a task fails, and shows what was expected and found', async () => {
    world.evaluates(evaluationOf([task('faq'), BAD, BROKEN]));
    const { exitCode, out } = await world.run();
    expect(exitCode).toBe(1);
    expect(out).toContain(`lead  run ${RUN_ID}`);
    expect(out).toContain('/outcome/output/score gte: /outcome/output/score is "low", expected a number');
    expect(out).toContain('expected 60');
    expect(out).toContain('actual   "low \\u0001 <&> ]]>"');
    expect(out).toContain('order\n  the goal was refused');
    expect(out).toMatch(/gate +failed\n {2}the score is 0.33/);
  });

  it('runs only the tasks that are named', async () => {
    world.evaluates(evaluationOf([task('faq')]));
    await world.run('--task', 'faq', '--task', 'lead');
    expect(world.posted('/evaluations')[0]).toEqual({
      suite: 'shop',
      tasks: ['faq', 'lead'],
    });
  });

  it('gives machines one document: the evaluation as it came, and the gate', async () => {
    const finished = { ...evaluationOf([BAD]), added_later: true };
    world.evaluates(finished);
    const { exitCode, out, err } = await world.run('--json');
    expect({ exitCode, err }).toEqual({ exitCode: 1, err: '' });
    expect(JSON.parse(out)).toEqual({
      evaluation: finished,
      gate: { passed: false, failures: ['the score is 0, at least 1 is asked for'] },
    });
  });

  it('waits no longer than it is told to', async () => {
    world.evaluates(evaluationOf([pending('faq')], { status: 'running', finished_at: null }));
    const { exitCode, out } = await world.run('--timeout', '0');
    expect(exitCode).toBe(1);
    expect(out).toContain('the evaluation has not finished');
  });

  it('goes on where the API is away for a moment', async () => {
    world.evaluates(evaluationOf([task('faq')]));
    const states: CannedResponse[] = [
      refused(errorOf('unavailable', 'away')),
      refused(errorOf('rate_limited', 'slow')),
    ];
    world.api.respondWith(({ method }) =>
      method === 'POST'
        ? json(evaluationOf([pending('faq')], { status: 'running' }), 202)
        : (states.shift() ?? json(evaluationOf([task('faq')]))),
    );
    expect((await world.run()).exitCode).toBe(0);
    expect(states).toEqual([]);
  });

  it('ends with 3 where it may not look any more', async () => {
    world.api.respondWith(({ method }) =>
      method === 'POST'
        ? json(evaluationOf([pending('faq')], { status: 'running' }), 202)
        : refused(errorOf('unauthenticated', 'the key was revoked')),
    );
    expect((await world.run()).exitCode).toBe(3);
  });
});

describe('aos eval', () => {
  it('lists suites', async () => {
    const suite = {
      name: 'golden',
      description: 'shipped ones',
      version: 0,
      task_count: 3,
      updated_at: null,
    };
    const page = {
      data: [suite, { ...suite, name: 'shop', version: 4, description: null }],
      next_cursor: 'shop',
    };
    world.api.respondWith(() => json(page));
    const { exitCode, out } = await world.aos('suites', '--limit', '2');
    expect(exitCode).toBe(0);
    expect(world.api.requests[0]?.path).toBe('/api/v1/eval/suites?limit=2');
    expect(out.split('\n')).toEqual([
      'SUITE   VERSION  TASKS  DESCRIPTION',
      'golden  shipped  3      shipped ones',
      'shop    4        3',
      'more: the same with --cursor shop',
    ]);
    expect(JSON.parse((await world.aos('suites', '--json')).out)).toEqual(page);
  });

  it('lists evaluations', async () => {
    const { tasks: _tasks, ...summary } = evaluationOf([task('faq'), BAD]);
    world.api.respondWith(() => json({ data: [summary], next_cursor: 'c2' }));
    const { out } = await world.aos('list', '--suite', 'shop');
    expect(world.api.requests[0]?.path).toBe('/api/v1/eval/evaluations?suite=shop');
    expect(out).toMatch(new RegExp(`^${EVALUATION_ID}  shop, version 2 +failed +1 of 2 +0.5 cents`, 'm'));
    expect(out).toContain('--cursor c2');
    world.api.respondWith(() => json({ data: [], next_cursor: null }));
    expect((await world.aos('list')).out).toContain('aos eval run --suite golden');
  });

  it('shows an evaluation; that it failed is not a failure of asking', async () => {
    world.api.respondWith(() => json(evaluationOf([BAD, BROKEN])));
    const { exitCode, out } = await world.aos('get', EVALUATION_ID);
    expect(exitCode).toBe(0);
    expect(world.api.requests[0]?.path).toBe(`/api/v1/eval/evaluations/${EVALUATION_ID}`);
    expect(out).toContain('the goal was refused');
  });

  it('shows examples in its help', async () => {
    for (const args of [[], ['run'], ['suites'], ['list'], ['get']]) {
      expect(await world.aos(...args, '--help')).toMatchObject({
        exitCode: 0,
        out: expect.stringContaining('$ aos eval'),
      });
    }
  });
});
