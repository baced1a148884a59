import { describe, expect, it } from '@jest/globals';
import { errorOf, fail, succeed } from '@aos/contracts';
import { readReply } from './reply.ts';

describe('a reply', () => {
  it.each([succeed({ a: 1 }), succeed(null), fail(errorOf('not_found', 'text', { details: { a: 1 } }))])(
    'is the outcome itself: %j',
    (outcome) => {
      expect(readReply(JSON.parse(JSON.stringify(outcome)))).toEqual(outcome);
    },
  );

  it('may have fields of a newer version', () => {
    const error = { ...errorOf('not_found', 'text'), surprise: 1 };
    expect(readReply({ ok: false, error, surprise: 1 })).toMatchObject({
      ok: false,
      error: { code: 'not_found' },
    });
  });

  it.each([
    undefined,
    null,
    1,
    'ok',
    {},
    { ok: true },
    { ok: false },
    { ok: 'yes', value: 1 },
    { ok: false, error: {} },
  ])('that is none is refused: %j', (body) => {
    expect(() => readReply(body)).toThrow();
  });
});
