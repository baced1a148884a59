import { describe, expect, it } from '@jest/globals';
import { EVENT_PAYLOAD_BYTES_MAX, JSON_DEPTH_MAX } from '@aos/contracts';
import type { Json } from '../../src/domain/skill/skill.ts';
import { issuesIn, readPlan } from '../../src/application/planner/read-plan.ts';
import { SKILLS } from './planner-kit.ts';

const step = (more: Record<string, Json> = {}): Record<string, Json> => ({
  step_id: 'say',
  skill: 'echo',
  params: { text: 'hi' },
  ...more,
});

const read = (answer: Json, maxSteps = 5) => readPlan(answer, SKILLS, { maxSteps });

function fieldsOf(answer: Json, maxSteps?: number): string[] {
  const plan = read(answer, maxSteps);
  return plan.ok ? [] : issuesIn(plan.error.details).map(({ field }) => field);
}

const nested = (depth: number): Json => (depth === 0 ? 1 : [nested(depth - 1)]);

describe('a plan that a model answered', () => {
  it('is read like a caller’s: with versions, timeouts, retries and a sequence', () => {
    const second = step({ step_id: 'again', params: { text: '${{ steps.say.output.text }}' } });
    expect(read({ reasoning: 'because', steps: [step(), second] })).toMatchObject({
      ok: true,
      value: {
        reasoning: 'because',
        steps: [
          { step_id: 'say', skill_version: '1.0.0', depends_on: [], timeout_ms: 1_000 },
          { step_id: 'again', depends_on: ['say'] },
        ],
      },
    });
  });

  it.each<{ what: string; answer: Json; fields: string[] }>([
    { what: 'nothing', answer: null, fields: [''] },
    { what: 'text', answer: 'first I would', fields: [''] },
    { what: 'no steps', answer: { reasoning: '' }, fields: ['/steps'] },
    { what: 'an empty plan', answer: { steps: [] }, fields: ['/steps'] },
    { what: 'an unknown skill', answer: { steps: [step({ skill: 'fly' })] }, fields: ['/steps/0/skill'] },
    {
      what: 'params that do not fit',
      answer: { steps: [step({ params: { text: 7 } })] },
      fields: ['/steps/0/params/text'],
    },
    { what: 'a field of its own', answer: { steps: [step({ tool: 'x' })] }, fields: ['/steps/0/tool'] },
    {
      what: 'a reference to no step',
      answer: { steps: [step({ params: { text: '${{ steps.x.output }}' } })] },
      fields: ['/steps/0/params/text'],
    },
    {
      what: 'a reference that is an expression',
      answer: { steps: [step({ params: { text: '${{ goal.length + 1 }}' } })] },
      fields: ['/steps/0/params/text'],
    },
    {
      what: 'a private address',
      answer: { steps: [step({ params: { text: 'http://10.0.0.1' } })] },
      fields: ['/steps/0/params/text'],
    },
    {
      what: 'an id twice',
      answer: { steps: [step(), step()] },
      fields: ['/steps/1/step_id', '/steps/1/depends_on/0'],
    },
    {
      what: 'a circle',
      answer: {
        steps: [step({ depends_on: ['b'] }), step({ step_id: 'b', depends_on: ['say'] })],
      },
      fields: ['/steps/0/depends_on'],
    },
    { what: 'a NUL', answer: { steps: [step({ params: { text: 'a\0b' } })] }, fields: [''] },
    { what: 'a well', answer: { steps: [step({ params: { text: nested(JSON_DEPTH_MAX) } })] }, fields: [''] },
    {
      what: 'more than an event holds',
      answer: { steps: [step({ params: { text: 'x'.repeat(EVENT_PAYLOAD_BYTES_MAX) } })] },
      fields: ['/steps'],
    },
  ])('is refused when it is $what, at $fields', ({ answer, fields }) => {
    expect(fieldsOf(answer)).toEqual(fields);
  });

  it('is refused with more steps than the run may take', () => {
    const steps = ['a', 'b', 'c'].map((step_id) => step({ step_id }));
    expect(fieldsOf({ steps }, 2)).toEqual(['/steps']);
    expect(fieldsOf({ steps }, 3)).toEqual([]);
  });

  it.each([
    { what: 'long', reasoning: 'é'.repeat(5_000), bytesOfParams: 10 },
    { what: 'beside a large plan', reasoning: '"\u0001'.repeat(900), bytesOfParams: 29_000 },
  ])('has its reasoning shortened to what an event holds: $what', ({ reasoning, bytesOfParams }) => {
    const plan = read({ reasoning, steps: [step({ params: { text: 'x'.repeat(bytesOfParams) } })] });
    if (!plan.ok) throw new Error(plan.error.message);
    expect(plan.value.reasoning.length).toBeLessThan(reasoning.length);
    expect(plan.value.reasoning.endsWith('…')).toBe(true);
    expect(Buffer.byteLength(JSON.stringify(plan.value))).toBeLessThan(EVENT_PAYLOAD_BYTES_MAX - 400);
  });
});
