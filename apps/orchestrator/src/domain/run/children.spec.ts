import { describe, expect, it } from '@jest/globals';
import { childRefusal } from './children.ts';

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
});
