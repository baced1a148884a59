import { RUN_USAGE, deadLetterSubject } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import { originOf, replayVerdict } from './dead-letter.ts';

const DEAD = deadLetterSubject(RUN_USAGE);
const FINISHED = 'aos.events.v1.acme.a1.run.r1.run.finished';

describe('a dead letter', () => {
  it('says by its subject whose it is', () => {
    expect(originOf(DEAD)).toEqual({ stream: 'AOS_EVENTS', consumer: 'billing-runs' });
    expect(originOf('aos.dead')).toEqual({ stream: '', consumer: '' });
  });

  it('goes back to where its consumer reads', () => {
    expect(replayVerdict(DEAD, FINISHED)).toEqual({ kind: 'replay', subject: FINISHED });
    const all = [{ ...RUN_USAGE, filter: 'aos.events.v1.>' }];
    expect(replayVerdict(DEAD, FINISHED, all)).toMatchObject({ kind: 'replay' });
  });

  it.each([
    ['it does not say', null],
    ['does not read', 'aos.events.v1.acme.a1.run.r1.run.started'],
    ['does not read', 'aos.work.runs'],
    ['does not read', 'aos.events.v1.*.a1.run.r1.run.finished'],
    ['does not read', 'aos.events.v1..a1.run.r1.run.finished'],
    ['does not read', 'aos.events.v1.acme.a1.run.r1.run.finished.more'],
  ])('goes nowhere else: %s, %s', (message, original) => {
    expect(replayVerdict(DEAD, original)).toEqual({
      kind: 'refuse',
      message: expect.stringContaining(message),
    });
  });

  it('of a consumer that nobody knows goes nowhere', () => {
    expect(replayVerdict('aos.dead.AOS_EVENTS.gone', FINISHED)).toMatchObject({ kind: 'refuse' });
  });
});
