import { succeed } from '@aos/contracts';
import { beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { Json, Skill } from '../../src/domain/skill/skill.ts';
import { call, openSkill } from './skill-harness.ts';

let skill: Skill;

beforeAll(async () => {
  skill = await openSkill('json_transform');
});

const transform = (input: Json, query: string, timeoutMs = 10_000) =>
  call(skill, { input, query }, { timeoutMs });

describe('json_transform', () => {
  it.each<[Json, string, Json]>([
    [{ bitcoin: { usd: 42 } }, '.bitcoin.usd', 42],
    [[3, 1, 2], 'map(select(. > 1)) | sort', [2, 3]],
    [{ a: 1, b: { c: 2, d: 3 } }, 'pick(.b.d)', { b: { d: 3 } }],
    ['a,b', '[splits(",")] | .[-1]', 'b'],
    [{ a: null }, '.a // "none"', 'none'],
    [[{ k: 'x', v: 1 }], 'map({(.k): .v}) | add', { x: 1 }],
    ['one\ntwo 😀 \u0000', '.', 'one\ntwo 😀 \u0000'],
    [1, '-1', -1],
    [1, '. as $x | reduce range(4) as $i ($x; . + $i) | @text', '7'],
    [null, 'env | has("PATH") and (.HOME | startswith("/home/web"))', true],
  ])('%j | %s', async (input, query, result) => {
    expect(await transform(input, query)).toEqual({
      ok: true,
      value: { output: { result } },
    });
  });

  it.each<[Json]>([
    [null],
    [true],
    [-0.5],
    ['text'],
    [[]],
    [[[1, 2], { a: 3 }, null]],
    [{}],
    [{ a: { b: [1, { 'x y': null }] }, 'x y': 'z', and: 1, toString: 2 }],
    [{ a: [{ b: 1 }], __proto__: 1 }],
  ])('a query that is only a path gives the same as it does as a part of another: %j', async (input) => {
    const paths = ['.', ' . ', '.a', '.a.b', '.["x y"]', '."x y"', '.a.b[1]["x y"]', '.a["b"]', '.and'];
    paths.push('.[0]', '.[-1]', '.[7]', '.[1].a', '.[0][1]', '.toString', '.constructor', '.["__proto__"]');
    for (const path of paths) {
      const [alone, within] = [await transform(input, path), await transform(input, `(${path})`)];
      expect({ path, ...alone }).toEqual({ path, ...within });
    }
  });

  it.each([
    ['.[]', 'the query gave 2 values; put it in [ ] to get a list'],
    ['empty', 'the query gave no value; add // null for a default'],
    ['.a', 'Cannot index array'],
    ['error("no good")', 'no good'],
    ['.[] | tojson | error', '1'],
  ])('fails with words on [1,2] | %s', async (query, message) => {
    expect(await transform([1, 2], query)).toMatchObject({
      error: { code: 'skill_failed', retryable: false, message: expect.stringContaining(message) },
    });
  });

  it('gives no partial result where a query fails on the way', async () => {
    expect(await transform([1, 'a'], '.[] | . + 1')).toMatchObject({ error: { code: 'skill_failed' } });
  });

  it('refuses bad syntax before anything runs', async () => {
    const issues = (query: string) => skill.validate({ input: 1, query });
    expect(issues('.a |')).toEqual([{ field: '/query', message: expect.stringContaining('syntax error') }]);
    expect(issues('nosuch(.)')).toEqual([
      { field: '/query', message: expect.stringContaining('nosuch/1 is not defined') },
    ]);
    expect(issues('--rawfile x /etc/passwd')).toHaveLength(1);
    expect(issues('import "/etc/passwd" as $x; $x')).toHaveLength(1);
    expect(issues('.a\0|')).toEqual([{ field: '/query', message: 'must not contain NUL' }]);
    expect(issues('')).toHaveLength(1);
    expect(issues('('.repeat(5000))).toEqual([{ field: '/query', message: expect.stringContaining('4000') }]);
    expect(issues('.a | ${{ context.rest }}')).toEqual([]);
    expect(issues('def f: f; f')).toEqual([]);
    expect(skill.validate({ query: '.' }).map(({ field }) => field)).toEqual(['/input']);
  });

  it('takes no harm from a query that is costly to compile', () => {
    // What jq-wasm writes when memory runs out.
    const written = jest.spyOn(console, 'error').mockReturnValue();
    for (const query of ['"x" * 1e9', `"x"${'*9'.repeat(1900)}`]) {
      expect(skill.validate({ input: 1, query })).toEqual([
        { field: '/query', message: 'the query takes too much memory to compile' },
      ]);
    }
    written.mockRestore();
    expect(skill.validate({ input: 1, query: '.a.b' })).toEqual([]);
  });

  it.each([
    'def f: f; f',
    'last(repeat(1))',
    'reduce range(1e12) as $i (0; 1)',
    '[limit(1e9; repeat(1))] | length',
  ])('cuts a query without end within its limit, and works on: %s', async (query) => {
    const startedAt = performance.now();
    const outcome = await transform(1, query, 700);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
    expect(outcome).toMatchObject({ ok: false });
    expect(await transform(1, '. + 1')).toMatchObject({ value: { output: { result: 2 } } });
  });

  it('says step_timeout of an endless query', async () => {
    expect(await transform(1, 'def f: f; f', 300)).toMatchObject({ error: { code: 'step_timeout' } });
  });

  it('ends an endless query by its own limit, however long the step may take', async () => {
    expect(await transform(1, 'def f: f; f', 600_000)).toMatchObject({
      error: { code: 'step_timeout', message: 'the query did not end within 3000 ms' },
    });
  });

  it('runs queries beside an endless one, and more at once than there are threads', async () => {
    const endless = transform(1, 'def f: f; f', 2_000);
    const others = Array.from({ length: 40 }, (_, index) => transform(index, '. * 2'));
    const outcomes = await Promise.all(others);
    expect(outcomes).toEqual(others.map((_, index) => succeed({ output: { result: index * 2 } })));
    expect(await endless).toMatchObject({ ok: false });
  });

  it('stops a query that takes too much memory, and works on', async () => {
    // The first would end, with the memory of a string of 150 MB.
    for (const query of ['"x" * (1.5e8 * .) | length', '[range(1e9)]', 'def f: [f]; f']) {
      expect(await transform(1, query)).toMatchObject({
        error: { code: 'skill_failed', message: 'the query ran out of memory' },
      });
      expect(await transform(1, '.')).toMatchObject({ ok: true });
    }
  });

  it('stops at once when the run is cut', async () => {
    const cut = new AbortController();
    const outcome = call(skill, { input: 1, query: 'def f: f; f' }, { signal: cut.signal });
    cut.abort();
    expect(await outcome).toMatchObject({ error: { code: 'run_cancelled' } });
  });

  it('bounds what a query gives, in size and depth', async () => {
    expect(await transform(1, '"x" * 17000000')).toMatchObject({ error: { code: 'payload_limit' } });
    expect(await transform(1, 'reduce range(200) as $i (1; [.])')).toMatchObject({
      error: { code: 'payload_limit' },
    });
  });
});
