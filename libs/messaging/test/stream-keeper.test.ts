import { DEAD_STREAM, RUN_USAGE, LLM_USAGE, deadLetterSubject } from '@aos/contracts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DEAD_LETTER_HEADERS, type Messaging } from '../src/index.ts';
import { Surroundings } from './surroundings.ts';

const BYTES = Uint8Array.from([0xff, 0x00, 0x7b]);

let surroundings: Surroundings;
let orchestrator: Messaging;
let billing: Messaging;

beforeAll(async () => {
  surroundings = await Surroundings.start();
  orchestrator = await surroundings.join('orchestrator');
  billing = await surroundings.join('billing');
}, 120_000);

afterAll(() => surroundings.stop());

async function bury(consumer: typeof RUN_USAGE, id: string, payload: string | Uint8Array): Promise<void> {
  const headers = { [DEAD_LETTER_HEADERS.reason]: `not ${id}` };
  await billing.publishEvents([{ subject: deadLetterSubject(consumer), id, headers, payload }]);
}

describe('a stream looked at without consumer', () => {
  it('gives its messages as they were stored, whatever they hold, in order and by subject', async () => {
    const keeper = orchestrator.streamKeeper(DEAD_STREAM);
    expect(await keeper.next(1, 'aos.dead.>')).toBeUndefined();
    await bury(RUN_USAGE, 'one', BYTES);
    await bury(LLM_USAGE, 'two', '');
    await bury(RUN_USAGE, 'three', 'third');
    const first = await keeper.get(1);
    expect(first).toMatchObject({ subject: deadLetterSubject(RUN_USAGE), sequence: 1, payload: BYTES });
    expect(first?.header(DEAD_LETTER_HEADERS.reason)).toBe('not one');
    expect(first?.header('Nothing')).toBeUndefined();
    expect(Date.parse(first?.storedAt ?? '')).toBeLessThanOrEqual(Date.now() + 1_000);
    expect((await keeper.get(2))?.payload).toHaveLength(0);
    expect((await keeper.next(2, 'aos.dead.>'))?.sequence).toBe(2);
    expect((await keeper.next(2, deadLetterSubject(RUN_USAGE)))?.sequence).toBe(3);
    expect(await keeper.next(4, 'aos.dead.>')).toBeUndefined();
  });

  it('loses what is deleted, once', async () => {
    const keeper = orchestrator.streamKeeper(DEAD_STREAM);
    expect(await keeper.delete(1)).toBe(true);
    expect(await keeper.delete(1)).toBe(false);
    expect(await keeper.delete(999)).toBe(false);
    expect(await keeper.get(1)).toBeUndefined();
    expect((await keeper.next(1, 'aos.dead.>'))?.sequence).toBe(2);
  });

  it('is not there for who has no right to it, or while NATS is away', async () => {
    const refused = { message: expect.stringContaining('Permissions Violation') };
    await expect(billing.streamKeeper(DEAD_STREAM).get(2)).rejects.toMatchObject(refused);
    await orchestrator.drain();
    await expect(orchestrator.streamKeeper(DEAD_STREAM).get(2)).rejects.toThrow('cannot be reached');
  });
});
