import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { systemClock } from '../../outbound/clock.ts';
import { TicketKeeper, type HeldTicket } from './ticket-keeper.ts';

class Ticket implements HeldTicket {
  readonly payload: string;
  fate = 'held';
  workings = 0;

  constructor(runId: string) {
    this.payload = JSON.stringify({ run_id: runId });
  }

  ack(): void {
    this.fate = 'acked';
  }
  nak(): void {
    this.fate = 'naked';
  }
  working(): void {
    this.workings += 1;
  }
}

let waiting: Ticket[];
let all: Ticket[];
let engine: {
  busySlots: number;
  freeSlots: number;
  wake: () => Promise<void>;
  knows: (runId: string) => boolean;
};
let keeper: TicketKeeper;

const fates = (): string[] => all.map(({ fate }) => fate);
const settled = (): Promise<void> => jest.advanceTimersByTimeAsync(0);

beforeEach(() => {
  jest.useFakeTimers();
  waiting = ['a', 'b', 'c', 'd'].map((runId) => new Ticket(runId));
  all = [...waiting];
  engine = { busySlots: 0, freeSlots: 0, wake: async () => undefined, knows: () => false };
  keeper = new TicketKeeper({ fetch: async (max) => waiting.splice(0, max) }, engine, systemClock);
});

afterEach(async () => {
  const drained = keeper.drain();
  await jest.advanceTimersByTimeAsync(1_000);
  await drained;
  jest.useRealTimers();
});

async function become(busySlots: number): Promise<void> {
  engine.busySlots = busySlots;
  keeper.slotsChanged();
  await settled();
}

describe('the keeper of tickets', () => {
  it('holds one ticket for each busy slot, and acknowledges it when the slot is free', async () => {
    await become(3);
    expect([waiting.length, fates().filter((fate) => fate === 'held').length]).toEqual([1, 4]);
    await become(1);
    expect(fates()).toEqual(['acked', 'acked', 'held', 'held']);
    await become(0);
    expect(fates()).toEqual(['acked', 'acked', 'acked', 'held']);
  });

  it('keeps what it holds from being delivered again', async () => {
    await become(2);
    await jest.advanceTimersByTimeAsync(20_000);
    expect(all.map(({ workings }) => workings)).toEqual([2, 2, 0, 0]);
  });

  it('gives what it holds to others on drain', async () => {
    await become(2);
    await keeper.drain();
    expect(fates()).toEqual(['naked', 'naked', 'held', 'held']);
    await become(4);
    expect(waiting).toHaveLength(2);
  });

  it('wakes the engine by a ticket, and acknowledges it when there was nothing to do', async () => {
    const wakes: number[] = [];
    engine.freeSlots = 1;
    engine.wake = async () => void wakes.push(1);
    keeper.start();
    await jest.advanceTimersByTimeAsync(300);
    expect(fates()).toEqual(['acked', 'acked', 'acked', 'acked']);
    expect(wakes).toHaveLength(4);
  });

  it('does not wake the engine by a ticket for a run that it has', async () => {
    const wakes: number[] = [];
    engine.freeSlots = 1;
    engine.wake = async () => void wakes.push(1);
    engine.knows = (runId) => runId !== 'c';
    keeper.start();
    await jest.advanceTimersByTimeAsync(300);
    expect(fates()).toEqual(['acked', 'acked', 'acked', 'acked']);
    expect(wakes).toHaveLength(1);
  });
});
