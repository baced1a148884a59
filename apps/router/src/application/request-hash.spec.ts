import { llmRequest } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import { requestHash } from './request-hash.ts';

const hashOf = (more: object): string =>
  requestHash(
    llmRequest.parse({ purpose: 'skill', messages: [{ role: 'user', content: 'hello' }], ...more }),
  ).toString('hex');

describe('the hash of a request', () => {
  it('does not depend on the order of keys, at any depth', () => {
    const one = { response_schema: { type: 'object', properties: { a: { x: 1, y: [1, 2] }, b: {} } } };
    const other = { response_schema: { properties: { b: {}, a: { y: [1, 2], x: 1 } }, type: 'object' } };
    expect(hashOf(one)).toBe(hashOf(other));
  });

  it('does not depend on the cap of the cost', () => {
    expect(hashOf({ max_cost_microcents: 5 })).toBe(hashOf({}));
  });

  it.each([
    { model: 'claude-opus-5' },
    { system: 'be brief' },
    { max_tokens: 1 },
    { temperature: 0 },
    { purpose: 'judge' },
    { response_schema: { required: ['b', 'a'] } },
  ])('depends on what is asked: %j', (more) => {
    expect(hashOf(more)).not.toBe(hashOf({}));
  });

  it('takes text that is no well-formed Unicode', () => {
    expect(hashOf({ system: '\ud800' })).not.toBe(hashOf({}));
  });
});
