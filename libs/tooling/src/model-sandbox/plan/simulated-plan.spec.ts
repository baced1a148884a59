import { describe, expect, it } from '@jest/globals';
import { simulatedPlan } from './simulated-plan.ts';

const ALL = ['http_call', 'json_transform', 'webhook_send', 'llm_invoke', 'calendar_write'];

function planFor(goal: string, skills = ALL, schema: Record<string, unknown> = {}) {
  const manifest = JSON.stringify(
    skills.map((name) => ({ name, description: 'post, total, meeting, write' })),
  );
  return simulatedPlan(
    {
      model: 'claude-sonnet-5',
      max_tokens: 1000,
      system: `You plan. Skills: ${manifest}`,
      messages: [{ role: 'user', content: `Goal: ${goal}\n\nContext: {}` }],
    },
    schema,
  );
}

const skillsOf = (goal: string, skills = ALL) =>
  JSON.parse(JSON.stringify(planFor(goal, skills))).steps.map(({ skill }: { skill: string }) => skill);

describe('a simulated plan', () => {
  it('chains what the goal asks for, each step on the result of the one before', () => {
    const goal =
      'Fetch http://127.0.0.1:46647/orders.json, total the orders, send the total to http://127.0.0.1:8/slack, and put a 30 min meeting "Orders" on the calendar on 2027-03-04 at 9:30 Europe/Berlin.';
    expect(planFor(goal)).toMatchObject({
      reasoning: expect.stringContaining('Simulated plan'),
      steps: [
        {
          step_id: 'fetch',
          skill: 'http_call',
          params: { url: 'http://127.0.0.1:46647/orders.json', method: 'GET' },
        },
        {
          step_id: 'transform',
          skill: 'json_transform',
          params: { input: '${{ steps.fetch.output.body }}' },
        },
        {
          step_id: 'notify',
          skill: 'webhook_send',
          params: {
            url: 'http://127.0.0.1:8/slack',
            payload: { text: 'Total: ${{ steps.transform.output.result }}' },
          },
        },
        {
          step_id: 'calendar',
          skill: 'calendar_write',
          params: {
            title: 'Orders',
            start: '2027-03-04T09:30:00',
            duration_minutes: 30,
            timezone: 'Europe/Berlin',
          },
        },
      ],
    });
  });

  it.each([
    { goal: 'summarise why the sky is blue', skills: ['llm_invoke'] },
    { goal: 'read https://example.com/a and summarize it', skills: ['http_call', 'llm_invoke'] },
    { goal: 'sum 4, 5 and 6', skills: ['json_transform'] },
    { goal: 'write a meeting with Ann to my calendar', skills: ['calendar_write'] },
    { goal: 'notify https://example.com/hook', skills: ['webhook_send'] },
    { goal: 'make me happy', skills: ['llm_invoke'] },
  ])('has $skills for: $goal', ({ goal, skills }) => {
    expect(skillsOf(goal)).toEqual(skills);
  });

  it('totals the numbers that are listed, not those of dates', () => {
    const plan = planFor('add up 12, 30 and 58.5, and put a 30 min meeting on my calendar, 2030-01-07 10:00');
    expect(plan).toMatchObject({
      steps: [{ params: { input: [12, 30, 58.5] } }, { skill: 'calendar_write' }],
    });
  });

  it('takes only skills that the request names', () => {
    expect(skillsOf('summarise the sky', ['json_transform'])).toEqual(['json_transform']);
    expect(skillsOf('notify https://example.com/hook', ['llm_invoke'])).toEqual(['llm_invoke']);
  });

  it('fills only the fields that the schema of the tool knows', () => {
    const step = { type: 'object', properties: { skill: {}, params: {} } };
    const schema = {
      type: 'object',
      properties: { why: { type: 'string' }, plan: { type: 'array', items: step } },
    };
    expect(planFor('notify https://example.com/hook', ALL, schema)).toEqual({
      why: expect.stringContaining('webhook_send'),
      plan: [{ skill: 'webhook_send', params: expect.anything() }],
    });
  });

  it('finds the goal again when a repair is asked for', () => {
    const plan = simulatedPlan(
      {
        model: 'claude-sonnet-5',
        max_tokens: 1000,
        messages: [
          {
            role: 'user',
            content: '<goal>\nnotify https://example.com/hook\n</goal>\nThe context has a calendar.',
          },
          { role: 'assistant', content: 'a plan' },
          { role: 'user', content: 'The plan is wrong: write another' },
        ],
      },
      {},
    );
    expect(plan).toMatchObject({ steps: [{ skill: 'webhook_send' }] });
  });
});
