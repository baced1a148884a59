import { describe, expect, it } from '@jest/globals';
import { valueAt } from './pointer.ts';

// The document and the pointers of RFC 6901, §5.
const DOCUMENT = {
  foo: ['bar', 'baz'],
  '': 0,
  'a/b': 1,
  'c%d': 2,
  'e^f': 3,
  'g|h': 4,
  'i\\j': 5,
  'k"l': 6,
  ' ': 7,
  'm~n': 8,
};

describe('a JSON pointer', () => {
  it.each([
    ['', DOCUMENT],
    ['/foo', DOCUMENT.foo],
    ['/foo/0', 'bar'],
    ['/', 0],
    ['/a~1b', 1],
    ['/c%d', 2],
    ['/e^f', 3],
    ['/g|h', 4],
    ['/i\\j', 5],
    ['/k"l', 6],
    ['/ ', 7],
    ['/m~0n', 8],
  ])('%j gives what RFC 6901 says', (pointer, value) => {
    expect(valueAt(DOCUMENT, pointer)).toEqual({ isFound: true, value });
  });

  it('reads ~01 as ~1, not as a slash', () => {
    expect(valueAt({ '~1': 1, '/': 2 }, '/~01')).toEqual({ isFound: true, value: 1 });
  });

  it.each([
    ['/foo/2', '/foo is a list of 2'],
    ['/foo/-', '/foo is a list of 2'],
    ['/foo/01', '/foo is a list of 2'],
    ['/foo/length', '/foo is a list of 2'],
    ['/foo/0/x', '/foo/0 is a string'],
    ['/a~1b/x', '/a~1b is a number'],
  ])('%j names nothing, and says how far it goes: %s', (pointer, lack) => {
    expect(valueAt(DOCUMENT, pointer)).toEqual({ isFound: false, lack });
  });

  it('finds own fields only', () => {
    for (const pointer of ['/constructor', '/__proto__', '/toString']) {
      expect(valueAt({}, pointer)).toEqual({ isFound: false, lack: 'the run is empty' });
    }
  });

  it('tells which fields there are instead, some of them', () => {
    expect(valueAt({ output: null }, '/output/x')).toMatchObject({ lack: '/output is null' });
    expect(valueAt({ a: 1, b: 2 }, '/x')).toMatchObject({ lack: 'the run has a, b' });
    const many = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`f${index}`, index]));
    expect(valueAt(many, '/x')).toMatchObject({ lack: expect.stringMatching(/f9, …$/) });
  });
});
