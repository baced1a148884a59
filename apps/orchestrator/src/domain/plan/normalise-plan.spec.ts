import { describe, expect, it } from '@jest/globals';
import { inputIssue, planStep, type InputIssue, type PlanStepInput } from '@aos/contracts';
import * as fc from 'fast-check';
import { z } from 'zod';
import type { Skill, SkillRegistry } from '../skill/skill.ts';
import { normalisePlan } from './normalise-plan.ts';

const skill = (name: string, pipe?: string, pipeInto?: string): Skill => ({
  spec: {
    name,
    version: '1.2.3',
    description: name,
    input_schema: {},
    output_schema: {},
    side_effects: 'none',
    idempotent: 'always',
    ...(pipe === undefined ? {} : { pipe }),
    ...(pipeInto === undefined ? {} : { pipe_into: pipeInto }),
    cost_microcents: 0,
    latency_ms: 1,
    timeout_ms: 777,
  },
  validate: (params) => (params['bad'] === undefined ? [] : [{ field: '/bad', message: 'unknown field' }]),
  forbiddenPlaces: ({ url }) => (url === 'http://10.0.0.1' ? [{ field: '/url', message: 'private' }] : []),
  usualCostMicrocents: () => 0,
  hasSideEffects: () => false,
  isIdempotent: () => true,
  undoOf: () => null,
  execute: () => Promise.reject(new Error('not called')),
});

const skills: SkillRegistry = new Map(
  [
    skill('http_call', 'body'),
    skill('json_transform', 'result', 'input'),
    skill('webhook_send', undefined, 'payload'),
  ].map((made) => [made.spec.name, made]),
);
const step = (more: Partial<PlanStepInput> = {}): PlanStepInput => ({
  skill: 'http_call',
  params: {},
  ...more,
});
const normalise = (plan: PlanStepInput[], maxSteps = 50) => normalisePlan(plan, skills, { maxSteps });

function issuesOf(plan: PlanStepInput[], maxSteps?: number): InputIssue[] {
  const outcome = normalise(plan, maxSteps);
  if (outcome.ok) throw new Error('the plan was accepted');
  return z.array(inputIssue).parse(outcome.error.details?.['issues']);
}

describe('normalisePlan', () => {
  it('makes a plain sequence: ids, dependencies, versions, defaults, outputs handed on', () => {
    const outcome = normalise([
      step(),
      step({ skill: 'json_transform', params: { query: '.x' } }),
      step({ skill: 'webhook_send', params: { url: 'https://x' }, timeout_ms: 5 }),
      step({ skill: 'json_transform', params: { query: '.y', input: 1 } }),
    ]);
    expect(outcome).toMatchObject({
      ok: true,
      value: [
        { step_id: 'step_1', skill_version: '1.2.3', params: {}, depends_on: [], timeout_ms: 777 },
        { step_id: 'step_2', params: { input: '${{ steps.step_1.output.body }}' }, depends_on: ['step_1'] },
        { step_id: 'step_3', params: { payload: '${{ steps.step_2.output.result }}' }, timeout_ms: 5 },
        { step_id: 'step_4', params: { input: 1 }, retry: { maximum_attempts: 3 } },
      ],
    });
  });

  it('hands the whole output on where a skill names no part of it', () => {
    expect(normalise([step({ skill: 'webhook_send' }), step({ skill: 'json_transform' })])).toMatchObject({
      value: [{}, { params: { input: '${{ steps.step_1.output }}' } }],
    });
  });

  it('hands nothing on where the caller says what depends on what', () => {
    expect(
      normalise([step({ step_id: 'a' }), step({ skill: 'json_transform', depends_on: ['a'] })]),
    ).toMatchObject({
      value: [{}, { step_id: 'step_2', params: {}, depends_on: ['a'] }],
    });
  });

  it('never gives an id that the caller gives to another step', () => {
    expect(
      normalise([step(), step({ step_id: 'step_1' }), step(), step({ step_id: 'step_3' })]),
    ).toMatchObject({
      value: [{ step_id: 'step_2' }, { step_id: 'step_1' }, { step_id: 'step_4' }, { step_id: 'step_3' }],
    });
  });

  it('orders steps after what they depend on, else as the caller did', () => {
    const outcome = normalise([
      step({ step_id: 'd', depends_on: ['b', 'c'] }),
      step({ step_id: 'a' }),
      step({ step_id: 'c', depends_on: ['a'] }),
      step({ step_id: 'b', depends_on: ['a'] }),
    ]);
    expect(outcome.ok && outcome.value.map(({ step_id }) => step_id)).toEqual(['a', 'c', 'b', 'd']);
  });

  it('orders any graph without circle, and keeps every step', () => {
    const graphs = fc
      .array(fc.tuple(fc.nat(), fc.array(fc.nat(), { maxLength: 4 })), { minLength: 1, maxLength: 20 })
      .map((rows) => {
        const plan = rows.map(([rank, links], index) => ({
          rank,
          input: step({
            step_id: `s${index}`,
            depends_on: index === 0 ? [] : links.map((link) => `s${link % index}`),
          }),
        }));
        return plan.sort((left, right) => left.rank - right.rank).map(({ input }) => input);
      });
    fc.assert(
      fc.property(graphs, (plan) => {
        const outcome = normalise(plan);
        if (!outcome.ok) throw new Error(outcome.error.message);
        const ids = outcome.value.map(({ step_id }) => step_id);
        expect(new Set(ids)).toEqual(new Set(plan.map(({ step_id }) => step_id)));
        for (const [place, { depends_on }] of outcome.value.entries()) {
          for (const id of depends_on) expect(ids.indexOf(id)).toBeLessThan(place);
        }
        for (const made of outcome.value) expect(planStep.safeParse(made).success).toBe(true);
      }),
    );
  });

  it('names every fault of a plan at once, each where it stands', () => {
    const issues = issuesOf([
      step({ step_id: 'a', depends_on: ['a'] }),
      step({ step_id: 'a', skill: 'http_cal', depends_on: ['nobody'] }),
      step({ step_id: 'b', params: { bad: 1 } }),
      step({ step_id: 'c', params: { x: ['${{ steps.zzz.output }}', '${{ secrets.key }}'] } }),
      step({ step_id: 'd', params: { url: 'http://10.0.0.1' } }),
    ]);
    expect(issues).toEqual([
      { field: '/plan/1/step_id', message: 'a is the id of /plan/0 already' },
      { field: '/plan/0/depends_on/0', message: 'a step cannot depend on itself' },
      { field: '/plan/1/depends_on/0', message: 'there is no step nobody' },
      { field: '/plan/1/skill', message: 'there is no skill http_cal; did you mean http_call?' },
      { field: '/plan/2/params/bad', message: 'unknown field' },
      { field: '/plan/3/params/x/0', message: 'steps.zzz.output: there is no step zzz' },
      { field: '/plan/3/params/x/1', message: expect.stringContaining('secrets cannot be used yet') },
      { field: '/plan/4/params/url', message: 'private' },
    ]);
  });

  it('names a circle by its steps', () => {
    expect(
      issuesOf([
        step({ step_id: 'a' }),
        step({ step_id: 'b', depends_on: ['a', 'd'] }),
        step({ step_id: 'c', depends_on: ['b'] }),
        step({ step_id: 'd', depends_on: ['c'] }),
      ]),
    ).toEqual([{ field: '/plan/1/depends_on', message: 'the steps wait for each other: b → d → c → b' }]);
  });

  it('lets a step use only what is finished before it starts', () => {
    const text = '${{ steps.a.output }}';
    const plan = (depends_on: string[]) => [
      step({ step_id: 'a', params: {} }),
      step({ step_id: 'b', depends_on: ['a'] }),
      step({ step_id: 'c', depends_on, params: { text } }),
    ];
    expect(normalise(plan(['b'])).ok).toBe(true);
    expect(issuesOf(plan([]))).toEqual([
      {
        field: '/plan/2/params/text',
        message: 'steps.a.output: c does not come after a; add it to depends_on',
      },
    ]);
    expect(issuesOf([step({ step_id: 'a', params: { text } })])).toEqual([
      { field: '/plan/0/params/text', message: 'steps.a.output: a step cannot use its own output' },
    ]);
  });

  it('says egress_denied where that is all that is wrong', () => {
    expect(normalise([step({ params: { url: 'http://10.0.0.1' } })])).toMatchObject({
      error: {
        code: 'egress_denied',
        details: { issues: [{ field: '/plan/0/params/url', message: 'private' }] },
      },
    });
    expect(normalise([step({ params: { url: 'http://10.0.0.1', bad: 1 } })])).toMatchObject({
      error: { code: 'invalid_request' },
    });
  });

  it('lists the skills where none is near', () => {
    expect(issuesOf([step({ skill: 'zzzzzzzz' })])[0]?.message).toBe(
      'there is no skill zzzzzzzz; there are http_call, json_transform, webhook_send',
    );
  });

  it('refuses more steps than allowed, and more bytes than an event holds', () => {
    expect(issuesOf([step(), step(), step()], 2)).toEqual([
      { field: '/plan', message: 'the plan has 3 steps; at most 2 are allowed' },
    ]);
    const text = 'x'.repeat(31 * 1024);
    // Not examined any further: that would take time by the size.
    expect(issuesOf([step({ params: { text, bad: 1 } })])).toEqual([
      { field: '/plan', message: expect.stringMatching(/bytes/) },
    ]);
    // Small as written, too large once complete.
    expect(
      issuesOf(
        Array.from({ length: 200 }, () => step({ params: { text: 'x'.repeat(10) } })),
        200,
      ),
    ).toEqual([{ field: '/plan', message: expect.stringMatching(/bytes/) }]);
  });
});

const undo = (params: PlanStepInput['params'], skillName = 'webhook_send') =>
  step({ step_id: 'a', compensate_with: { skill: skillName, params } });

describe('what undoes a step', () => {
  it('is completed like a step', () => {
    expect(normalise([undo({ id: '${{ steps.a.output.id }}' })])).toMatchObject({
      ok: true,
      value: [
        {
          compensate_with: {
            skill: 'webhook_send',
            skill_version: '1.2.3',
            params: { id: '${{ steps.a.output.id }}' },
            timeout_ms: 777,
            retry: { maximum_attempts: 3 },
          },
        },
      ],
    });
  });

  it.each([
    [
      'a skill there is not',
      undo({}, 'nothing'),
      '/plan/0/compensate_with/skill',
      /there is no skill nothing/,
    ],
    ['params that do not fit', undo({ bad: 1 }), '/plan/0/compensate_with/params/bad', /unknown field/],
    [
      'a result that comes later',
      undo({ id: '${{ steps.b.output }}' }),
      '/plan/0/compensate_with/params/id',
      /does not come after b/,
    ],
    [
      'a place that may not be reached',
      undo({ url: 'http://10.0.0.1' }),
      '/plan/0/compensate_with/params/url',
      /private/,
    ],
  ])('is refused with %s, pointing at it', (_what, first, field, message) => {
    const later = step({ step_id: 'b', depends_on: ['a'] });
    expect(issuesOf([first, later])).toEqual([{ field, message: expect.stringMatching(message) }]);
  });
});
