import { describe, expect, it } from '@jest/globals';
import type { PlanRevision, RunStep } from '@aos/contracts';
import { lastRevisions, withinBounds } from './view-bounds.ts';

const step = (step_id: string, output: RunStep['output']): RunStep => ({
  step_id,
  skill: 'pure',
  status: 'succeeded',
  attempts: 1,
  idempotency_key: null,
  started_at: null,
  finished_at: null,
  next_attempt_at: null,
  output,
  output_artifact: null,
  error: null,
  input_tokens: 0,
  output_tokens: 0,
  cost_cents: 0,
  cost_microcents: 0,
});

describe('the steps of a run as they are shown', () => {
  it('keep outputs as long as they fit together, small ones also after one that does not', () => {
    const large = 'x'.repeat(100_000);
    const outputs = [large, large, null, large, 'small'];
    const shown = withinBounds(outputs.map((output, index) => step(`s${index}`, output)));
    expect(shown.map(({ output, output_omitted: isOmitted }) => [output, isOmitted])).toEqual([
      [large, undefined],
      [large, undefined],
      [null, undefined],
      [null, true],
      ['small', undefined],
    ]);
  });

  it('count bytes, not characters', () => {
    const [only] = withinBounds([step('s', 'ü'.repeat(140_000))]);
    expect(only).toMatchObject({ output: null, output_omitted: true });
  });
});

const revision = (number: number, reasoning: string): PlanRevision => ({
  plan_id: `p${number}`,
  revises: null,
  decision: 'continue',
  created_at: '2026-01-01T00:00:00.000Z',
  planner: 'anthropic',
  model: null,
  reasoning,
  input_tokens: 1,
  output_tokens: 1,
  latency_ms: 1,
  steps_added: [],
  steps_dropped: [],
  cost_cents: 0,
  cost_microcents: 0,
});

describe('what a planner said, as it is shown', () => {
  it('is whole where it is little', () => {
    const few = [revision(1, 'why'), revision(2, 'why not')];
    expect(lastRevisions(few)).toEqual(few);
  });

  it('keeps the newest, and their reasons, where it is much', () => {
    const many = Array.from({ length: 150 }, (_, index) => revision(index, 'x'.repeat(1_000)));
    const shown = lastRevisions(many);
    expect(shown.map(({ plan_id }) => plan_id)).toEqual(many.slice(-100).map(({ plan_id }) => plan_id));
    expect(shown.filter(({ reasoning }) => reasoning !== null)).toEqual(many.slice(-32));
  });
});
