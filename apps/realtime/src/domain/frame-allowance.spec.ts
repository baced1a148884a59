import { describe, expect, it } from '@jest/globals';
import { FrameAllowance } from './frame-allowance.ts';

describe('FrameAllowance', () => {
  it('ends after ten bad frames in a row', () => {
    const allowance = new FrameAllowance(300, 0);
    const verdicts = Array.from({ length: 11 }, () => allowance.spend('bad', 0));
    expect(verdicts).toEqual([...Array.from({ length: 10 }, () => true), false]);
  });

  it('lets a client use its whole capacity of good frames at once', () => {
    const allowance = new FrameAllowance(300, 0);
    expect(Array.from({ length: 300 }, () => allowance.spend('good', 0))).not.toContain(false);
    expect(allowance.spend('good', 0)).toBe(false);
  });

  it('forgives a bad frame a second', () => {
    const allowance = new FrameAllowance(300, 0);
    expect(Array.from({ length: 100 }, (_, index) => allowance.spend('bad', index * 1000))).not.toContain(
      false,
    );
  });
});
