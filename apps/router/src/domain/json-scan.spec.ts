import { describe, expect, it } from '@jest/globals';
import { scanObject, valueAt } from './json-scan.ts';

function scanned(text: string): Record<string, unknown> | undefined {
  const json = Buffer.from(text);
  const fields = scanObject(json);
  return fields && Object.fromEntries([...fields].map(([name, span]) => [name, valueAt(json, span)]));
}

describe('a scan of an object', () => {
  it.each([
    '{}',
    ' { } \n',
    '{"model":"m","stream":true,"n":2,"stop":null,"x":-1.5e3}',
    '{ "a" : { "model" : "no", "b": [ {"c": "}]\\"" } ] } , "model" : "yes" }',
    '{"a":"\\\\","b":"\\\\\\"","c":"ü漢"}',
    '{"\\u006dodel":"m"}',
    '{"a":[[],{},"]"],"b":[]}',
  ])('finds what a parser finds: %s', (text) => {
    expect(scanned(text)).toEqual(JSON.parse(text));
  });

  it.each([
    '',
    '[]',
    '"a"',
    '{',
    '{"a"',
    '{"a":',
    '{"a":}',
    '{"a":1',
    '{"a":1,}',
    '{"a":"b}',
    '{"a":{"b":1}',
    '{"a":1} x',
    '{a:1}',
    '{"a" 1}',
  ])('refuses what is no object: %s', (text) => {
    expect(scanned(text)).toBeUndefined();
  });

  it('refuses a field that is named twice, however it is written', () => {
    expect(scanned('{"model":"a","model":"b"}')).toBeUndefined();
    expect(scanned('{"model":"a","\\u006dodel":"b"}')).toBeUndefined();
  });
});
