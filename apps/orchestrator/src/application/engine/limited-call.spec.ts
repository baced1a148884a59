import { errorOf, fail, succeed } from '@aos/contracts';
import { describe, expect, it } from '@jest/globals';
import { systemClock } from '../../outbound/clock.ts';
import { Interruption } from './interruption.ts';
import { limitedCall } from './limited-call.ts';

const limits = (cut = new Interruption(), timeoutMs = 10_000) => ({
  clock: systemClock,
  timeoutMs,
  cut,
  late: () => fail(errorOf('step_timeout', 'late')),
});
const forever = () => new Promise<never>(() => undefined);

describe('a call within limits', () => {
  it('hears of its end, also where it asks for a signal only afterwards', async () => {
    const heard: Interruption[] = [];
    const outcome = await limitedCall(limits(), async (over) => {
      heard.push(over);
      return succeed(1);
    });
    expect(outcome).toEqual(succeed(1));
    expect(heard[0]?.signal.aborted).toBe(true);
  });

  it('that takes too long is left behind and told', async () => {
    let signal: AbortSignal | undefined;
    const outcome = await limitedCall(limits(undefined, 1), (over) => {
      signal = over.signal;
      return forever();
    });
    expect(outcome).toMatchObject({ ok: false, error: { code: 'step_timeout' } });
    expect(signal?.aborted).toBe(true);
  });

  it.each(['before', 'during'])('is cut when its run was cut %s it', async (when) => {
    const cut = new Interruption();
    if (when === 'before') cut.raise();
    const outcome = await limitedCall(limits(cut), (over) => {
      cut.raise();
      expect(over.signal.aborted).toBe(true);
      return forever();
    });
    expect(outcome).toMatchObject({ ok: false, error: { code: 'run_cancelled' } });
  });

  it('rejects where the call is broken, and is over then, too', async () => {
    const cut = new Interruption();
    await expect(limitedCall(limits(cut), () => Promise.reject(new Error('bug')))).rejects.toThrow('bug');
    cut.raise();
  });
});

describe('an interruption', () => {
  it('is heard once, and not by those who have left', () => {
    const heard: string[] = [];
    const interruption = new Interruption();
    interruption.onRaised(() => heard.push('stayed'));
    interruption.onRaised(() => heard.push('left'))();
    interruption.raise();
    interruption.raise();
    interruption.onRaised(() => heard.push('late'));
    expect(heard).toEqual(['stayed', 'late']);
  });
});
