import { errorOf, fail, succeed, type CloudEvent, type StructuredOutcome } from '@aos/contracts';
import { createLogger } from '@aos/telemetry';
import { describe, expect, it } from '@jest/globals';
import type { UsageEntry } from '../domain/usage-entry.ts';
import type { ReadRecords, Watermarks } from './ports.ts';
import { reconcileUsage } from './reconcile-usage.ts';
import { USAGE_SOURCES } from './usage-source.ts';

const NOW = '2026-03-10T12:00:00.000Z';
const AWAY = fail(errorOf('unavailable', 'away'));
const NEVER = new AbortController().signal;

const event = (time: string, runseq = 9): CloudEvent => ({
  specversion: '1.0',
  id: time,
  source: 'aos/orchestrator',
  type: 'run.finished',
  subject: 'run/1',
  time,
  datacontenttype: 'application/json',
  tenantid: 'acme',
  runid: '0193b0a0-0000-7000-8000-000000000001',
  runseq,
  data: { steps_finished: 1 },
});

interface Faults {
  count?: (entry: UsageEntry) => Promise<StructuredOutcome<boolean>>;
  advance?: StructuredOutcome<undefined>;
  read?: StructuredOutcome<string | undefined>;
}

function world(readRecords: ReadRecords, { count, advance, read }: Faults = {}) {
  const moves: string[] = [];
  const told: string[] = [];
  const watermarks: Watermarks = {
    read: async () => read ?? succeed(undefined),
    advance: async (_, until) => {
      moves.push(until);
      return advance ?? succeed(undefined);
    },
    exclusively: (_, work) => work(),
  };
  const source = USAGE_SOURCES.find(({ name }) => name === 'run');
  if (source === undefined) throw new Error('no source run');
  const reconcile = reconcileUsage(
    {
      counter: { count: count ?? (async () => succeed(true)) },
      watermarks,
      observer: {
        event: (name, outcome) => void told.push(`${name} ${outcome}`),
        reconciled: (name) => void told.push(`${name} reconciled`),
      },
      logger: createLogger({ service: 'test', level: 'silent' }),
      now: () => Date.parse(NOW),
    },
    { source, readRecords },
  );
  return { reconcile: () => reconcile(NEVER), moves, told };
}

const onePage =
  (...events: CloudEvent[]): ReadRecords =>
  async () =>
    succeed({ events, next_cursor: null });

describe('a comparison', () => {
  it('tells how many events it read and how many had not come', async () => {
    const isNew = [true, false];
    const records = onePage(event('2026-03-10T10:00:00.000Z'), event('2026-03-10T11:00:00.000Z', 10));
    const { reconcile, moves, told } = world(records, { count: async () => succeed(isNew.shift() ?? false) });
    expect(await reconcile()).toEqual(succeed({ read: 2, late: 1 }));
    expect(moves).toEqual(['2026-03-10T11:00:00.000Z']);
    expect(told).toEqual(['run late', 'run reconciled']);
  });

  it('does not pass over what is yet to come because of an event from the future', async () => {
    const { reconcile, moves } = world(onePage(event('2027-01-01T00:00:00.000Z')));
    await reconcile();
    expect(moves).toEqual([NOW]);
  });

  it('leaves the watermark where nothing is on record', async () => {
    const { reconcile, moves } = world(onePage());
    expect(await reconcile()).toEqual(succeed({ read: 0, late: 0 }));
    expect(moves).toEqual([]);
  });

  it.each<[string, Faults]>([
    ['the watermark cannot be read', { read: AWAY }],
    ['an event cannot be counted', { count: async () => AWAY }],
    ['the watermark cannot be moved', { advance: AWAY }],
  ])('fails where %s, and says nothing of an end', async (_name, faults) => {
    const { reconcile, told } = world(onePage(event(NOW)), faults);
    expect(await reconcile()).toEqual(AWAY);
    expect(told).not.toContain('run reconciled');
  });

  it('does not move the watermark past an event that was not counted', async () => {
    const { reconcile, moves } = world(onePage(event(NOW)), { count: async () => AWAY });
    await reconcile();
    expect(moves).toEqual([]);
  });
});
