import { describe, expect, it } from '@jest/globals';
import { nearNames } from './near-names.ts';

const KNOWN = ['http_call', 'webhook_send', 'json_transform', 'llm_invoke'];

describe('near names', () => {
  it('are those within a third of edits, the nearest first', () => {
    expect(nearNames('htp_cal', KNOWN)).toEqual(['http_call']);
    expect(nearNames('aab', ['abc', 'aac'])).toEqual(['aac']);
  });

  it('are those that hold the name or are held by it', () => {
    expect(nearNames('webhook', KNOWN)).toEqual(['webhook_send']);
    expect(nearNames('llm_invoke_v2_final', KNOWN)).toEqual(['llm_invoke']);
  });

  it('are none for a name like no other', () => {
    expect(nearNames('teleport', KNOWN)).toEqual([]);
  });
});
