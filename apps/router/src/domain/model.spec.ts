import { describe, expect, it } from '@jest/globals';
import { MODELS } from '../models/models.ts';
import { endOfLifeNotice, findModel, unknownModelMessage } from './model.ts';

describe('a model', () => {
  it('is found by its name and by its aliases', () => {
    const model = findModel(MODELS, 'claude-haiku-4-5-20251001');
    expect(model).toBeDefined();
    expect(findModel(MODELS, 'claude-haiku-4-5')).toBe(model);
    expect(findModel(MODELS, 'claude-haiku')).toBeUndefined();
  });

  it('that is not there is told with the nearest three', () => {
    const message = unknownModelMessage(MODELS, 'claude-sonet-5');
    expect(message).toMatch(/^there is no model claude-sonet-5; did you mean claude-sonnet-5 or /);
    expect(message.split(' or ')).toHaveLength(3);
  });

  it('that is like no other is told with all', () => {
    expect(unknownModelMessage(MODELS, 'qqqqqqqq')).toMatch(/; there are claude-.*, claude-sonnet-5, /);
  });
});

describe('the end of a model', () => {
  const retired = findModel(MODELS, 'claude-sonnet-4-20250514');
  const facts = { model: 'claude-sonnet-4-20250514', endOfLife: '2026-06-15', successor: 'claude-sonnet-5' };

  it('is over from its day on', () => {
    expect(retired && endOfLifeNotice(retired, Date.UTC(2026, 5, 15))).toEqual({ ...facts, isOver: true });
    expect(retired && endOfLifeNotice(retired, Date.UTC(2026, 5, 14))).toEqual({ ...facts, isOver: false });
  });

  it('is not told where none is announced', () => {
    const current = findModel(MODELS, 'claude-sonnet-5');
    expect(current && endOfLifeNotice(current, Date.now())).toBeUndefined();
  });
});
