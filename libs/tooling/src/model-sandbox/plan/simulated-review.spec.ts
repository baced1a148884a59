import { describe, expect, it } from '@jest/globals';
import { simulatedReview } from './simulated-review.ts';

const FETCH = {
  step_id: 'fetch',
  skill: 'http_call',
  params: { url: 'http://a.example/x', method: 'GET' },
};
const TOTAL = {
  step_id: 'total',
  skill: 'json_transform',
  params: { input: '${{ steps.fetch.output.body }}', query: 'add' },
  depends_on: ['fetch'],
};
const NOTE = { step_id: 'note', skill: 'calendar_write', params: { title: 'x' }, depends_on: [] };

function reviewOf(goal: string, steps: object[]) {
  const outcomes = steps.map((step) => JSON.stringify(step)).join('\n');
  return simulatedReview({
    model: 'claude-sonnet-5',
    max_tokens: 100,
    messages: [
      {
        role: 'user',
        content: `<goal>${goal}</goal>\n\n<outcomes>\n${outcomes}\n</outcomes>\n\nNo step is left`,
      },
    ],
  });
}

const failed = { ...FETCH, status: 'failed', error: { code: 'upstream_error' } };
const pending = { ...TOTAL, status: 'pending' };

describe('a simulated decision', () => {
  it('tries a failed call at the place that the goal names, and what comes after takes its result', () => {
    expect(
      reviewOf('fetch http://a.example/x, or else http://b.example/y, total it', [failed, pending]),
    ).toEqual({
      reasoning: expect.stringContaining('Simulated decision'),
      decision: 'change',
      steps: [
        {
          ...FETCH,
          step_id: 'fetch_elsewhere',
          params: { url: 'http://b.example/y', method: 'GET' },
          depends_on: [],
          description: 'Try http://b.example/y',
        },
        {
          ...TOTAL,
          params: { input: '${{ steps.fetch_elsewhere.output.body }}', query: 'add' },
          depends_on: ['fetch_elsewhere'],
        },
      ],
    });
  });

  it('leaves a failed step out with all that needs it, where the goal names no other place', () => {
    const note = { ...NOTE, depends_on: ['total'], status: 'pending' };
    expect(reviewOf('fetch http://a.example/x', [failed, pending, note])).toMatchObject({
      decision: 'change',
      steps: [{ step_id: 'note', depends_on: [] }],
    });
  });

  it.each([
    {
      what: 'gives up where nothing is left',
      steps: [{ ...failed, params: { path: 'x' } }, pending],
      decision: 'give_up',
    },
    {
      what: 'gives up where the other place failed, too',
      steps: [
        failed,
        { ...failed, step_id: 'fetch_elsewhere', params: { url: 'http://b.example/y' } },
        pending,
      ],
      decision: 'give_up',
    },
    {
      what: 'goes on after a step that ended well',
      steps: [{ ...FETCH, status: 'succeeded' }, pending],
      decision: 'continue',
    },
    {
      what: 'ends with the last output',
      steps: [failed, { ...NOTE, status: 'succeeded' }],
      decision: 'end',
      output: '${{ steps.note.output }}',
    },
  ])('$what', ({ steps, what: _what, ...expected }) => {
    expect(reviewOf('fetch http://a.example/x, or else http://b.example/y', steps)).toMatchObject(expected);
  });
});
