import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import type { Json, JsonObject } from '../skill/skill.ts';
import { referencesIn, resolveReferences, type ReferenceScope } from './references.ts';

const output: Json = { body: { 'price usd': [{ amount: 42 }], name: 'btc', none: null, no: false } };
const scope: ReferenceScope = {
  goal: 'tell the price',
  context: { channel: '#prices', nested: { deep: [1, 2] } },
  isWithoutOutput: (stepId) => stepId === 'broken',
  outputOf: (stepId) => (stepId === 'fetch' ? output : undefined),
};

const resolve = (value: Json) => resolveReferences({ value }, scope);

const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    fc.constant(null),
    fc.boolean(),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.string(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.string(), tie('value'), { maxKeys: 4 }),
  ),
})).value;

describe('resolveReferences', () => {
  it.each<[string, Json]>([
    ['${{ steps.fetch.output.body["price usd"][0].amount }}', 42],
    ["${{steps.fetch.output.body['price usd']}}", [{ amount: 42 }]],
    ['${{ steps.fetch.output }}', output],
    ['${{ steps.fetch.output.body.none }}', null],
    ['${{ steps.broken.output }}', null],
    ['${{ steps.broken.output.body[0] }}', null],
    ['${{ goal }}', 'tell the price'],
    ['${{ context.nested.deep[1] }}', 2],
    ['${{ context }}', scope.context],
  ])('keeps the type of a reference that stands alone: %s', (text, value) => {
    expect(resolve(text)).toEqual({ ok: true, value: { value } });
  });

  it.each([
    ['it is ${{ steps.fetch.output.body.name }}!', 'it is btc!'],
    ['${{ goal }} ${{ goal }}', 'tell the price tell the price'],
    ['n=${{ context.nested.deep[0] }}, ${{ steps.fetch.output.body.none }}', 'n=1, null'],
    ['list ${{ context.nested }}', 'list {"deep":[1,2]}'],
    [' ${{ steps.fetch.output.body.no }}', ' false'],
  ])('makes text of an embedded reference: %s', (text, value) => {
    expect(resolve(text)).toEqual({ ok: true, value: { value } });
  });

  it.each([
    '${{ steps.fetch.output.body.missing }}',
    '${{ steps.fetch.output.body["price usd"][7] }}',
    '${{ steps.fetch.output.body["price usd"].length }}',
    '${{ steps.fetch.output.body.name.length }}',
    '${{ steps.fetch.output.body.name[0] }}',
    '${{ steps.other.output }}',
    '${{ steps.fetch.output.__proto__ }}',
    '${{ steps.fetch.output.constructor.name }}',
    '${{ context["__proto__"] }}',
    '${{ context.toString }}',
    '${{ steps.__proto__.output }}',
  ])('names the value that is not there: %s', (text) => {
    const outcome = resolve(`a ${text}`);
    expect(outcome).toMatchObject({
      ok: false,
      error: { code: 'invalid_reference', message: expect.stringContaining(text.slice(4, -3)) },
    });
  });

  it.each([
    '${{ 1 + 1 }}',
    '${{ steps.fetch }}',
    '${{ steps.fetch.status }}',
    '${{ goal.x }}',
    '${{}}',
    '${{ goal',
    '${{ context. }}',
  ])('refuses what is no reference: %s', (text) => {
    expect(resolve(text)).toMatchObject({ ok: false, error: { code: 'invalid_reference' } });
  });

  it('refuses secrets in so many words', () => {
    expect(resolve('${{ secrets.slack }}')).toMatchObject({
      error: { message: expect.stringContaining('no connections') },
    });
  });

  it('leaves params without references as they are', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), json), (params) => {
        fc.pre(!JSON.stringify(params).includes('${{'));
        expect(resolveReferences(params, scope)).toEqual({ ok: true, value: params });
      }),
    );
  });

  it('hands on any value unchanged, and never reads it for references again', () => {
    const tricky = fc.constantFrom('${{ goal }}', '${{ steps.fetch.output }}', '}}', '${{');
    const values = fc.oneof(json, tricky, fc.record({ text: tricky }));
    fc.assert(
      fc.property(values, (value) => {
        const params = { list: ['${{ steps.any.output }}'] };
        const outcome = resolveReferences(params, { ...scope, outputOf: () => value });
        expect(outcome).toEqual({ ok: true, value: { list: [value] } });
      }),
    );
  });

  it('reaches every own key by a quoted name, and none that is inherited', () => {
    const keys = fc.oneof(fc.string(), fc.constantFrom('__proto__', 'constructor', 'hasOwnProperty'));
    fc.assert(
      fc.property(keys, fc.boolean(), (key, isOwn) => {
        fc.pre(!/["\]]|\}\}|\$\{\{/.test(key));
        const context: JsonObject = isOwn ? Object.fromEntries([[key, 'own']]) : {};
        const outcome = resolveReferences({ value: `\${{ context["${key}"] }}` }, { ...scope, context });
        expect(outcome.ok).toBe(isOwn);
      }),
    );
  });

  it('never changes what all objects inherit', () => {
    const params: JsonObject = JSON.parse('{"__proto__":{"polluted":"${{ goal }}"}}');
    const outcome = resolveReferences(params, scope);
    expect(JSON.stringify(outcome)).toBe('{"ok":true,"value":{"__proto__":{"polluted":"tell the price"}}}');
    expect(Reflect.get({}, 'polluted')).toBeUndefined();
  });

  it('refuses to grow params over the limit of a message', () => {
    const value = '${{ context.text }}'.repeat(1000);
    const context = { text: 'x'.repeat(30_000) };
    expect(resolveReferences({ value }, { ...scope, context })).toMatchObject({
      ok: false,
      error: { code: 'payload_limit' },
    });
  });
});

describe('referencesIn', () => {
  it('points at every reference, whatever it is worth', () => {
    const found = referencesIn({ a: { 'b/c': ['x', '${{ goal }} and ${{ nonsense() }}'] } });
    expect(found.map(({ field, text, meaning }) => [field, text, meaning.ok])).toEqual([
      ['/a/b~1c/1', 'goal', true],
      ['/a/b~1c/1', 'nonsense()', false],
    ]);
  });
});
