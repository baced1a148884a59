import { describe, expect, it } from '@jest/globals';
import { FlushLedger, LOST_MS } from './flush-ledger.ts';

function ledgerWith(flushes: number): FlushLedger {
  const ledger = new FlushLedger();
  for (let count = 0; count < flushes; count += 1) ledger.begin();
  return ledger;
}

describe('the ledger of flushes', () => {
  it('numbers them from 1', () => {
    const ledger = new FlushLedger();
    expect([ledger.begin(), ledger.begin()]).toEqual([1, 2]);
  });

  it.each([
    { closed: [], upTo: 0 },
    { closed: [1], upTo: 1 },
    { closed: [2, 3], upTo: 0 },
    { closed: [3, 1], upTo: 1 },
    { closed: [2, 3, 1], upTo: 3 },
    { closed: [1, 2, 3, 4], upTo: 4 },
  ])('with $closed closed of four is closed up to $upTo', ({ closed, upTo }) => {
    const ledger = ledgerWith(4);
    for (const flushNo of closed) ledger.close(flushNo);
    expect(ledger.closedUpTo()).toBe(upTo);
  });

  it('keeps a lost flush open until it is found or can no longer turn up', () => {
    const ledger = ledgerWith(2);
    ledger.lose(1, 1_000);
    ledger.close(2);
    ledger.forgetLost(1_000 + LOST_MS);
    expect([ledger.lost(), ledger.closedUpTo()]).toEqual([[1], 0]);
    ledger.forgetLost(1_001 + LOST_MS);
    expect([ledger.lost(), ledger.closedUpTo()]).toEqual([[], 2]);
  });

  it('forgets a lost flush that was found', () => {
    const ledger = ledgerWith(1);
    ledger.lose(1, 0);
    ledger.close(1);
    expect([ledger.lost(), ledger.closedUpTo()]).toEqual([[], 1]);
  });
});
