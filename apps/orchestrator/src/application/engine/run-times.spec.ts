import { describe, expect, it } from '@jest/globals';
import { errorOf, fail, succeed } from '@aos/contracts';
import { executionIn, planned, queued } from '../../../test/engine/execution-world.ts';
import type { NewRunEvent } from '../../domain/run/state.ts';

const inMs = (ms: number): string => new Date(Date.now() + ms).toISOString();

function queuedWith(times: { start_at?: string; deadline?: string }): NewRunEvent {
  if (queued.type !== 'run.queued') throw new Error('not queued');
  return { ...queued, data: { ...queued.data, ...times } };
}

const waiting = (at: string): NewRunEvent => ({
  type: 'run.waiting',
  time: inMs(0),
  data: { reason: 'start_at', next_attempt_at: at, error: null },
});

describe('a run with a time to start', () => {
  it('goes back to waiting when it is woken early', async () => {
    const at = inMs(60_000);
    const { execution, told } = executionIn({
      journal: [queuedWith({ start_at: at }), planned, waiting(at)],
    });
    expect(await execution.run()).toBe('released');
    expect(told).toMatchObject([{ type: 'run.waiting', data: { reason: 'start_at', next_attempt_at: at } }]);
  });

  it('starts when its time has come', async () => {
    const at = inMs(20);
    const { execution, told } = executionIn({
      journal: [queuedWith({ start_at: at }), planned, waiting(at)],
    });
    expect(await execution.run()).toBe('finished');
    const [started] = told;
    expect(started?.type).toBe('run.started');
    expect(Date.parse(started?.time ?? '')).toBeGreaterThanOrEqual(Date.parse(at));
  });
});

describe('a run with a deadline', () => {
  it('is cut then, its call too, and fails', async () => {
    const { execution, told } = executionIn({
      journal: [queuedWith({ deadline: inMs(30) }), planned],
      execute: async ({ signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        return fail(errorOf('run_cancelled', 'cut'));
      },
    });
    expect(await execution.run()).toBe('finished');
    expect(told.slice(-2)).toMatchObject([
      { type: 'step.finished', data: { status: 'cancelled' } },
      { type: 'run.finished', data: { status: 'failed', error: { code: 'deadline_exceeded' } } },
    ]);
  });

  it('begins nothing when it has passed', async () => {
    const { execution, types } = executionIn({
      journal: [queuedWith({ deadline: inMs(-1) }), planned],
      execute: () => Promise.reject(new Error('nothing is wanted')),
    });
    expect(await execution.run()).toBe('finished');
    expect(types()).toEqual(['run.finished']);
  });

  it('ends in time without it', async () => {
    const { execution, told } = executionIn({
      journal: [queuedWith({ deadline: inMs(60_000) }), planned],
      execute: async () => succeed({ output: 1 }),
    });
    expect(await execution.run()).toBe('finished');
    expect(told.at(-1)).toMatchObject({ data: { status: 'succeeded' } });
  });
});
