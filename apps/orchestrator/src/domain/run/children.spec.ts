import { describe, expect, it } from '@jest/globals';
import { childRefusal } from './children.ts';
import { fold } from './evolve.ts';
import { runView, type RunRecord } from './view.ts';

const above = (...agents: string[]) =>
  agents.map((agent) => ({ run_id: `run of ${agent}`, agent_id: agent }));

describe('a child run', () => {
  it('is refused where its agent waits above, with the way there', () => {
    expect(childRefusal(above('a', 'b'), 'a')).toMatchObject({
      code: 'child_run_refused',
      message: expect.stringContaining('a → b → a'),
    });
    expect(childRefusal(above('a'), 'a')).toMatchObject({ code: 'child_run_refused' });
    expect(childRefusal(above('a', 'b'), 'c')).toBeUndefined();
  });

  it('may be five deep', () => {
    expect(childRefusal(above('a', 'b', 'c', 'd', 'e'), 'f')).toBeUndefined();
    expect(childRefusal(above('a', 'b', 'c', 'd', 'e', 'f'), 'g')).toMatchObject({
      code: 'child_run_refused',
      message: expect.stringContaining('5 deep'),
    });
  });

  it('holds nothing of its parent’s money once it has ended', () => {
    const parent = { runId: 'parent', stepId: 'a' };
    const record: RunRecord = {
      runId: 'child',
      agentId: 'agent',
      tenantId: 'acme',
      status: 'running',
      goal: 'help',
      labels: {},
      priority: 5,
      costMicrocents: 0,
      reservedMicrocents: 0,
      parent,
      waitingReason: null,
      nextAttemptAt: null,
      createdAt: '2026-01-01T00:00:00.000Z',
      startedAt: null,
      finishedAt: null,
    };
    const held = (status: 'running' | 'failed') =>
      runView(record, { ...fold([]), parent, status, reservedMicrocents: 700 }).reserved_microcents;
    expect([held('running'), held('failed')]).toEqual([700, 0]);
  });
});
