import type { PlanStepInput } from '@aos/contracts';
import type { RunSignal } from '../../../src/application/engine/ports.ts';
import { UNDO_NAMES } from './outside.ts';
import type { Random } from './random.ts';

/** How a step is undone, if at all: as the plan says, or as its skill declares. */
export function undoOfStep(random: Random, index: number): Pick<PlanStepInput, 'params' | 'compensate_with'> {
  const params = {
    n: index,
    fails: random.isTrue(0.3) ? random.int(1, 4) : 0,
    bugs: random.isTrue(0.06) ? random.int(1, 5) : 0,
    takes_ms: random.isTrue(0.2) ? random.int(100, 6_000) : 0,
  };
  const kind = random.pick(['none', 'declared', 'planned', 'planned'] as const);
  if (kind === 'none') return { params: {} };
  if (kind === 'declared') return { params: { undo: params } };
  return {
    params: {},
    compensate_with: {
      skill: random.pick(UNDO_NAMES),
      params: random.isTrue(0.5) ? { ...params, n: `\${{ steps.s${index}.output.n }}` } : params,
      timeout_ms: random.pick([2_000, 10_000]),
      retry: {
        maximum_attempts: random.int(1, 4),
        initial_interval_ms: random.pick([0, 200, 3_000, 12_000]),
        backoff_coefficient: 2,
        maximum_interval_ms: 30_000,
      },
    },
  };
}

/** What who cancels says about completed effects. */
export function cancelWith(random: Random): Pick<Extract<RunSignal, { type: 'cancel' }>, 'onFailure'> {
  return random.isTrue(0.3) ? { onFailure: random.pick(['compensate', 'keep'] as const) } : {};
}
