import { describe, expect, it } from '@jest/globals';
import { parseCursor, parseTopic } from './topic.ts';

const RUN_ID = '019a2f6e-7c1b-7d11-8a52-0242ac120002';

describe('parseTopic', () => {
  it('reads a run topic', () => {
    expect(parseTopic(`run:${RUN_ID}`)).toEqual({ ok: true, value: { runId: RUN_ID } });
  });

  it.each(['tenant', `agent:${RUN_ID}`, 'run:', 'run:*', 'run:>', `run:${RUN_ID}.x`, ''])(
    'refuses %j and says what is supported',
    (topic) => {
      expect(parseTopic(topic)).toMatchObject({
        ok: false,
        error: { code: 'invalid_request', message: expect.stringContaining('run:<run id>') },
      });
    },
  );
});

describe('parseCursor', () => {
  it('takes a seq or nothing', () => {
    expect(parseCursor('0')).toEqual({ ok: true, value: 0 });
    expect(parseCursor('17')).toEqual({ ok: true, value: 17 });
    expect(parseCursor(undefined)).toEqual({ ok: true, value: undefined });
  });

  it.each(['-1', '1.5', 'latest', '', '9999999999'])('refuses %j', (cursor) => {
    expect(parseCursor(cursor)).toMatchObject({ ok: false, error: { code: 'invalid_request' } });
  });
});
