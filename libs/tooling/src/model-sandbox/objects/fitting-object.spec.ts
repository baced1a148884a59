import { describe, expect, it } from '@jest/globals';
import { fittingObject } from './fitting-object.ts';

const object = (properties: Record<string, unknown>, more = {}) => ({ type: 'object', properties, ...more });

describe('an object that fits a schema', () => {
  it('has a value of the right type for each field', () => {
    const schema = object(
      {
        name: { type: 'string', maxLength: 5 },
        code: { type: 'string', minLength: 40 },
        at: { type: 'string', format: 'date-time' },
        count: { type: 'integer', minimum: 3 },
        isDone: { type: 'boolean' },
        nothing: { type: 'null' },
        perhaps: { type: ['string', 'null'] },
        kind: { const: 'fixed' },
        tags: { type: 'array', items: { type: 'string' }, minItems: 2 },
        none: { type: 'array', maxItems: 0 },
        either: { anyOf: [{ type: 'number' }, { type: 'null' }] },
        place: { $ref: '#/$defs/place' },
      },
      { $defs: { place: object({ city: { type: 'string' } }) } },
    );
    expect(fittingObject(schema, '')).toEqual({
      name: 'simul',
      code: expect.stringMatching(/^simulated code\.{26}$/),
      at: '2030-01-01T09:00:00Z',
      count: 3,
      isDone: true,
      nothing: null,
      perhaps: 'simulated perhaps',
      kind: 'fixed',
      tags: ['simulated tags', 'simulated tags'],
      none: [],
      either: 1,
      place: { city: 'simulated city' },
    });
  });

  it('ends where a schema holds itself', () => {
    const schema = { $ref: '#/$defs/node', $defs: { node: object({ next: { $ref: '#/$defs/node' } }) } };
    expect(JSON.stringify(fittingObject(schema, '')).length).toBeLessThan(200);
  });

  it('answers a question from the facts in the prompt', () => {
    const schema = object({
      answer: { type: 'string' },
      category: { enum: ['other', 'shipping', 'billing'] },
    });
    const facts = 'Delivery takes three working days. Refunds are paid within 14 days.';
    const ask = (question: string) => fittingObject(schema, `${facts}\n\nQuestion: ${question}`);
    expect(ask('How long does delivery take?')).toEqual({
      answer: 'Delivery takes three working days.',
      category: 'shipping',
    });
    expect(ask('When are refunds paid?')).toEqual({
      answer: 'Refunds are paid within 14 days.',
      category: 'other',
    });
  });

  it('scores a lead by what speaks for it, and says what that was', () => {
    const schema = object({
      score: { type: 'integer', minimum: 0, maximum: 100 },
      grade: { enum: ['cold', 'warm', 'hot'] },
      qualified: { type: 'boolean' },
      intent: { enum: ['support', 'buy'] },
      reason: { type: 'string' },
    });
    expect(fittingObject(schema, 'CTO of a firm, budget approved, wants to buy this week')).toEqual({
      score: 100,
      grade: 'hot',
      qualified: true,
      intent: 'buy',
      reason: 'Simulated, by keywords: budget, CTO, this week, buy',
    });
    expect(fittingObject(schema, 'A student, just looking')).toMatchObject({
      score: 0,
      grade: 'cold',
      qualified: false,
    });
  });
});
