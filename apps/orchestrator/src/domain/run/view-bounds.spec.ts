import { describe, expect, it } from '@jest/globals';
import type { RunStep } from '@aos/contracts';
import { withinBounds } from './view-bounds.ts';

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
